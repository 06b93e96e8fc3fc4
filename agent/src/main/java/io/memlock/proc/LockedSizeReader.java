// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.FileOpener;
import io.memlock.files.Keys;
import io.memlock.files.ProcFormatException;
import io.memlock.files.TextFile;
import java.io.File;
import java.io.IOException;

/**
 * Reads from {@code /proc/PID/status}, again and again, how much locked memory a process has mapped. Reading takes no
 * lock in the kernel. Not thread-safe.
 */
public final class LockedSizeReader {

    private static final Keys KEYS = new Keys("VmLck:", "VmData:");

    /** A size may be -1, where the kernel has miscounted. */
    private static final long NOT_TOLD = Long.MIN_VALUE;

    private final TextFile text;
    private final File file;

    LockedSizeReader(FileOpener opener, File file) {
        this.text = new TextFile(opener);
        this.file = file;
    }

    /**
     * Reads both sizes.
     *
     * @return bytes of all mappings that are locked, and of all that are private and writable
     * @throws IOException if the file cannot be read or does not tell
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public long[] read() throws IOException {
        long[] bytes = KEYS.kilobytes(text.read(file), NOT_TOLD);
        if (bytes[0] == NOT_TOLD || bytes[1] == NOT_TOLD) {
            throw new IOException(file + " does not tell what is locked");
        }
        return bytes;
    }
}
