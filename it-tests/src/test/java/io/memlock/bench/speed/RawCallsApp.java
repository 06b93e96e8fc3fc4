// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.speed;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The physical limit: bare system calls on a fresh mapping. Arguments: {@code populate}, {@code populate-chunks},
 * {@code mlock} or {@code nothing}; megabytes; {@code thp} or not.
 */
public final class RawCallsApp {

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final long CHUNK_BYTES = 2 << 20;

    private RawCallsApp() {}

    private static native Pointer mmap(Pointer address, long length, int prot, int flags, int fd, long offset);

    private static native int madvise(Pointer address, long length, int advice);

    private static native int mlock(Pointer address, long length);

    /** Runs it. */
    public static void main(String[] args) {
        Native.register(RawCallsApp.class, NativeLibrary.getProcess());
        long length = Long.parseLong(args[1]) << 20;
        Pointer memory = mmap(null, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        if (args[2].equals("thp")) {
            check(madvise(memory, length, MADV_HUGEPAGE));
        }
        switch (args[0]) {
            case "populate" -> check(madvise(memory, length, MADV_POPULATE_WRITE));
            case "populate-chunks" -> {
                for (long at = 0; at < length; at += CHUNK_BYTES) {
                    check(madvise(memory.share(at), Math.min(CHUNK_BYTES, length - at), MADV_POPULATE_WRITE));
                }
            }
            case "mlock" -> check(mlock(memory, length));
            case "nothing" -> {}
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void check(int result) {
        if (result != 0) {
            throw new IllegalStateException("errno " + Native.getLastError());
        }
    }
}
