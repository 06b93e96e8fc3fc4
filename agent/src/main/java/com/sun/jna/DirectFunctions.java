// SPDX-License-Identifier: Apache-2.0
package com.sun.jna;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/**
 * C functions of this process as native methods, for what is called while the application waits: a call takes a third of the
 * time that {@link ProcessFunction} needs for it. They are bound when the first is called, which takes 3 ms on JDK 17 and 10
 * on 25. {@link Native#register} does the same for any type there is, in six times as long.
 *
 * <p>A call leaves its {@code errno} where any call of JNA's does.
 */
public final class DirectFunctions {

    /** A type that goes to C as it is. {@code Native.CVT_DEFAULT} */
    private static final int AS_IT_IS = -1;

    static {
        try {
            bind();
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The number of cachestat(2). include/uapi/asm-generic/unistd.h, arch/x86/entry/syscalls/syscall_64.tbl */
    private static final long CACHESTAT = 451;

    private DirectFunctions() {}

    private static void bind() throws Throwable {
        MethodHandle register = MethodHandles.privateLookupIn(Native.class, MethodHandles.lookup())
                .findStatic(
                        Native.class,
                        "registerMethod",
                        MethodType.methodType(
                                long.class,
                                Class.class,
                                String.class,
                                String.class,
                                int[].class,
                                long[].class,
                                long[].class,
                                int.class,
                                long.class,
                                long.class,
                                Method.class,
                                long.class,
                                int.class,
                                boolean.class,
                                ToNativeConverter[].class,
                                FromNativeConverter.class,
                                String.class));
        Class<?> types = Class.forName("com.sun.jna.Structure$FFIType$FFITypes");
        long anInt = pointer(types.getDeclaredField("ffi_type_sint32"));
        long aLong = pointer(types.getDeclaredField("ffi_type_sint64"));
        for (Method method : DirectFunctions.class.getDeclaredMethods()) {
            if (!Modifier.isNative(method.getModifiers())) {
                continue;
            }
            Class<?>[] parameters = method.getParameterTypes();
            long[] arguments = new long[parameters.length];
            for (int i = 0; i < parameters.length; i++) {
                arguments[i] = parameters[i] == int.class ? anInt : aLong;
            }
            int[] conversions = new int[parameters.length];
            Arrays.fill(conversions, AS_IT_IS);
            long result = method.getReturnType() == int.class ? anInt : aLong;
            // Kept for the life of the class, which is the JVM's.
            long unused = (long) register.invokeExact(
                    (Class<?>) DirectFunctions.class,
                    method.getName(),
                    MethodType.methodType(method.getReturnType(), parameters).toMethodDescriptorString(),
                    conversions,
                    arguments,
                    arguments.clone(),
                    AS_IT_IS,
                    result,
                    result,
                    method,
                    ProcessFunction.addressOf(method.getName()),
                    Function.C_CONVENTION,
                    false,
                    new ToNativeConverter[parameters.length],
                    (FromNativeConverter) null,
                    "");
        }
    }

    private static long pointer(Field type) throws IllegalAccessException {
        type.setAccessible(true);
        return ((Pointer) type.get(null)).peer;
    }

    /** munlock(2) */
    public static native int munlock(long addr, long len);

    /** fcntl(2) */
    public static native int fcntl(int fd, int cmd, long arg);

    /** syscall(2), of six arguments. */
    private static native long syscall(
            long number, long first, long second, long third, long fourth, long fifth, long sixth);

    /**
     * move_pages(2) of one page to no node, for which the C library has no function: libnuma has.
     *
     * @param number of the system call
     * @param status filled at 0
     */
    public static int move_pages(long number, int pid, long page, int[] status, int flags) {
        long memory = Native.malloc(Long.BYTES + Integer.BYTES); // two arrays would take half a microsecond more
        if (memory == 0) {
            return -1;
        }
        try {
            Native.setLong(null, memory, 0, page);
            int result = (int) syscall(number, pid, 1, memory, 0, memory + Long.BYTES, flags);
            status[0] = Native.getInt(null, memory, Long.BYTES);
            return result;
        } finally {
            Native.free(memory);
        }
    }

    /**
     * cachestat(2), for which the C library has no function.
     *
     * @param range first byte and length
     * @param cstat filled
     */
    public static int cachestat(int fd, long[] range, long[] cstat, int flags) {
        long bytes = (long) (range.length + cstat.length) * Long.BYTES;
        long memory = Native.malloc(bytes);
        if (memory == 0) {
            return -1;
        }
        try {
            Native.write(null, memory, 0, range, 0, range.length);
            long answer = memory + (long) range.length * Long.BYTES;
            int result = (int) syscall(CACHESTAT, fd, memory, answer, flags, 0, 0);
            Native.read(null, answer, 0, cstat, 0, cstat.length);
            return result;
        } finally {
            Native.free(memory);
        }
    }
}
