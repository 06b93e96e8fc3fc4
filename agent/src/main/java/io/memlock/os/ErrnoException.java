// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import java.io.IOException;

/** Thrown when a system call on a file failed. */
public final class ErrnoException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int errno;

    private ErrnoException(String path, int errno) {
        super(path + " (" + Errno.describe(errno) + ")");
        this.errno = errno;
    }

    /**
     * Returns a failure, as {@code java.io} words it. Whoever makes it does so without this class, which is loaded when
     * something fails and not before {@code main}.
     *
     * @param errno what the kernel answered
     */
    public static IOException on(String path, int errno) {
        return new ErrnoException(path, errno);
    }

    /**
     * Returns what the kernel answered.
     *
     * @param failure of reading or parsing a file, or what it was turned into
     * @return errno; 0 if no call of ours failed
     */
    public static int errnoOf(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ErrnoException call) {
                return call.errno;
            }
        }
        return 0;
    }
}
