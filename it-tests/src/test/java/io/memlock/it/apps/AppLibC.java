// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** The C library as an application calls it that knows nothing of the agent: through a JNA of its own. */
final class AppLibC {

    /** As in sys/mman.h. */
    static final int PROT_READ = 1;

    static final int PROT_WRITE = 2;

    static final int MAP_SHARED = 1;
    static final int MAP_PRIVATE = 2;
    static final int MAP_FIXED = 0x10;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_NORESERVE = 0x4000;
    static final int MS_INVALIDATE = 2;

    static {
        Native.register(AppLibC.class, "c");
    }

    private AppLibC() {}

    /** mlock(2). */
    static native int mlock(long address, long length);

    /** mlock2(2). */
    static native int mlock2(long address, long length, int flags);

    /** open(2). */
    static native int open(String path, int flags);

    /** close(2). */
    static native int close(int file);

    /** munmap(2). */
    static native int munmap(long address, long length);

    /** A byte of memory. */
    static byte getByte(long address) {
        return new Pointer(address).getByte(0);
    }

    /** mlockall(2). */
    static native int mlockall(int flags);

    /** munlockall(2). */
    static native int munlockall();

    /** msync(2). */
    static native int msync(long address, long length, int flags);

    /** mmap(2). */
    static native long mmap(long address, long length, int protection, int flags, int file, long offset);

    /** system(3). */
    static native int system(String command);

    /** capset(2): of the calling thread alone. */
    static native int capset(int[] header, int[] sets);

    /** setuid(2). */
    static native int setuid(int user);

    /** getpagesize(2). */
    static native int getpagesize();

    /** Where a direct buffer lies. */
    static long address(ByteBuffer buffer) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
    }
}
