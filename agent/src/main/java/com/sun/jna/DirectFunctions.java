// SPDX-License-Identifier: Apache-2.0
package com.sun.jna;

import java.lang.reflect.Field;
import java.util.concurrent.atomic.AtomicLong;

/**
 * C functions of this process, for what is called while the application waits: a call takes a third of the time that {@link
 * ProcessFunction} needs for it. Arguments and result lie in memory that is kept from one call to the next.
 *
 * <p>A call leaves no {@code errno}.
 */
public final class DirectFunctions {

    /** The number of cachestat(2). include/uapi/asm-generic/unistd.h, arch/x86/entry/syscalls/syscall_64.tbl */
    private static final long CACHESTAT = 451;

    /** Where {@code struct pm_scan_arg} has the address of what is to be filled. include/uapi/linux/fs.h */
    private static final int VEC = 5;

    private static final int MOST_ARGUMENTS = 7;

    /** A frame has the addresses of the arguments, the result, the arguments, and what they may point to. */
    private static final long RESULT = MOST_ARGUMENTS * Long.BYTES;

    private static final long ARGUMENTS = RESULT + Long.BYTES;
    private static final long DATA = ARGUMENTS + MOST_ARGUMENTS * Long.BYTES;
    private static final int DATA_LONGS = 8;
    private static final long FRAME_BYTES = DATA + DATA_LONGS * Long.BYTES;

    private static final long A_LONG = typeOfLong();
    private static final long TYPES = typesOfArguments();
    private static final long OF_TWO = signature(2);
    private static final long OF_THREE = signature(3);
    private static final long OF_SEVEN = signature(MOST_ARGUMENTS);

    private static final long MUNLOCK = ProcessFunction.addressOf("munlock");
    private static final long FCNTL = ProcessFunction.addressOf("fcntl");
    private static final long IOCTL = ProcessFunction.addressOf("ioctl");
    private static final long SYSCALL = ProcessFunction.addressOf("syscall");

    /** A frame that nobody uses; 0 while there is none. */
    private static final AtomicLong FREE = new AtomicLong();

    private DirectFunctions() {}

    private static long typeOfLong() {
        try {
            Field type = Class.forName("com.sun.jna.Structure$FFIType$FFITypes").getDeclaredField("ffi_type_sint64");
            type.setAccessible(true);
            return ((Pointer) type.get(null)).peer;
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static long typesOfArguments() {
        long types = allocate(MOST_ARGUMENTS * Long.BYTES);
        for (long i = 0; i < MOST_ARGUMENTS; i++) {
            Native.setLong(null, types, i * Long.BYTES, A_LONG);
        }
        return types;
    }

    /** Describes a function of so many arguments, for the life of the JVM. An int is a long here, in a register. */
    private static long signature(int arguments) {
        return Native.ffi_prep_cif(Function.C_CONVENTION, arguments, A_LONG, TYPES);
    }

    private static long allocate(long bytes) {
        long memory = Native.malloc(bytes);
        if (memory == 0) {
            throw new OutOfMemoryError("malloc");
        }
        return memory;
    }

    /** Returns a frame for the caller alone. */
    private static long take() {
        long frame = FREE.getAndSet(0);
        if (frame == 0) {
            frame = allocate(FRAME_BYTES);
            for (long i = 0; i < MOST_ARGUMENTS; i++) {
                Native.setLong(null, frame, i * Long.BYTES, frame + ARGUMENTS + i * Long.BYTES);
            }
        }
        return frame;
    }

    private static void giveBack(long frame) {
        if (!FREE.compareAndSet(0, frame)) {
            Native.free(frame);
        }
    }

    private static void argument(long frame, long index, long value) {
        Native.setLong(null, frame, ARGUMENTS + index * Long.BYTES, value);
    }

    private static int call(long signature, long function, long frame) {
        Native.ffi_call(signature, function, frame + RESULT, frame);
        return (int) Native.getLong(null, frame, RESULT);
    }

    /** munlock(2) */
    public static int munlock(long addr, long len) {
        long frame = take();
        argument(frame, 0, addr);
        argument(frame, 1, len);
        int result = call(OF_TWO, MUNLOCK, frame);
        giveBack(frame);
        return result;
    }

    /** fcntl(2) */
    public static int fcntl(int fd, int cmd, long arg) {
        long frame = take();
        argument(frame, 0, fd);
        argument(frame, 1, cmd);
        argument(frame, 2, arg);
        int result = call(OF_THREE, FCNTL, frame);
        giveBack(frame);
        return result;
    }

    /**
     * move_pages(2) of one page to no node, for which the C library has no function: libnuma has.
     *
     * @param number of the system call
     * @param status filled at 0
     */
    public static int move_pages(long number, int pid, long page, int[] status, int flags) {
        long frame = take();
        Native.setLong(null, frame, DATA, page);
        argument(frame, 0, number);
        argument(frame, 1, pid);
        argument(frame, 2, 1);
        argument(frame, 3, frame + DATA);
        argument(frame, 4, 0);
        argument(frame, 5, frame + DATA + Long.BYTES);
        argument(frame, 6, flags);
        int result = call(OF_SEVEN, SYSCALL, frame);
        status[0] = Native.getInt(null, frame, DATA + Long.BYTES);
        giveBack(frame);
        return result;
    }

    /**
     * cachestat(2), for which the C library has no function.
     *
     * @param range first byte and length
     * @param cstat filled
     */
    public static int cachestat(int fd, long[] range, long[] cstat, int flags) {
        long frame = take();
        long answer = DATA + (long) range.length * Long.BYTES;
        Native.write(null, frame, DATA, range, 0, range.length);
        argument(frame, 0, CACHESTAT);
        argument(frame, 1, fd);
        argument(frame, 2, frame + DATA);
        argument(frame, 3, frame + answer);
        argument(frame, 4, flags);
        int result = call(OF_SEVEN, SYSCALL, frame);
        Native.read(null, frame, answer, cstat, 0, cstat.length);
        giveBack(frame);
        return result;
    }

    /**
     * ioctl(2) with an argument that has the address of a vector.
     *
     * @param arg a {@code struct pm_scan_arg}; filled
     * @param vec filled with as many {@code struct page_region} as the result says
     */
    public static int pagemap_scan(int fd, long request, long[] arg, long[] vec) {
        long argBytes = (long) arg.length * Long.BYTES;
        long memory = allocate(argBytes + (long) vec.length * Long.BYTES);
        long frame = take();
        arg[VEC] = memory + argBytes;
        Native.write(null, memory, 0, arg, 0, arg.length);
        argument(frame, 0, fd);
        argument(frame, 1, request);
        argument(frame, 2, memory);
        int result = call(OF_THREE, IOCTL, frame);
        giveBack(frame);
        Native.read(null, memory, 0, arg, 0, arg.length);
        Native.read(null, memory, argBytes, vec, 0, vec.length);
        Native.free(memory);
        return result;
    }
}
