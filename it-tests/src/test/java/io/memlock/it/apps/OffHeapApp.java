// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Allocates outside the heap and keeps it: {@code buffers N BYTES}; {@code segments ARENA N BYTES} (JDK 22) with ARENA one of
 * {@code auto}, {@code global}, {@code confined} and {@code shared}; {@code close} closes the arenas that can be, {@code drop}
 * forgets buffers and segments, and collects garbage. {@code churn THREADS N BYTES} allocates and frees without keeping,
 * {@code breakhook} takes from the agent's hooks what they count with. {@code by CLASS KIND N BYTES} has a class, {@code One},
 * {@code Other}, {@code Virtual} (a thread, from JDK 21 on) or {@code Redeployed} (in a class loader that is dropped), allocate
 * {@code buffers} or {@code segments}. {@code deep BYTES} allocates where the stack ends.
 */
public final class OffHeapApp {

    private final List<Object> kept = new ArrayList<>();
    private final List<AutoCloseable> arenas = new ArrayList<>();

    private OffHeapApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        OffHeapApp app = new OffHeapApp();
        CommandLoop.run(app::handle);
    }

    private String handle(String command, String[] arguments) throws Exception {
        switch (command) {
            case "buffers" -> {
                for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
                    kept.add(ByteBuffer.allocateDirect(Integer.parseInt(arguments[1])));
                }
            }
            case "segments" -> segments(arguments[0], Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
            case "close" -> close();
            case "drop" -> {
                kept.clear();
                System.gc();
            }
            case "churn" ->
                churn(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
            case "breakhook" -> {
                breakHook("java.nio.MemlockBufferHook", "sampler");
                breakHook("jdk.internal.foreign.MemlockSegmentHook", "live");
            }
            case "by" -> {
                return by(arguments[0], arguments[1], Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
            }
            case "deep" -> {
                int[] left = {200};
                deep(left, Integer.parseInt(arguments[0]));
            }
            default -> throw CommandLoop.unknown(command);
        }
        return "";
    }

    /** This is compiled for a JDK that has none. */
    private void segments(String name, int number, long bytes) throws Exception {
        Class<?> type = Class.forName("java.lang.foreign.Arena");
        String factory = (name.equals("global") ? "" : "of") + name;
        Object arena = null;
        for (var method : type.getMethods()) {
            if (method.getName().equalsIgnoreCase(factory)) {
                arena = method.invoke(null);
            }
        }
        for (int i = 0; i < number; i++) {
            Object segment = type.getMethod("allocate", long.class, long.class).invoke(arena, bytes, 8L);
            kept.add(segment);
        }
        if (name.equals("confined") || name.equals("shared")) {
            arenas.add((AutoCloseable) arena);
        }
    }

    private void close() throws Exception {
        for (AutoCloseable arena : arenas) {
            arena.close();
        }
        arenas.clear();
    }

    private static void churn(int threads, int number, int bytes) throws InterruptedException {
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                OffHeapApp app = new OffHeapApp();
                try {
                    for (int turn = 0; turn < number; turn++) {
                        ByteBuffer.allocateDirect(bytes);
                        if (Runtime.version().feature() >= 22) {
                            app.segments("shared", 1, bytes);
                            app.close();
                            app.kept.clear();
                        }
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            thread.start();
            all.add(thread);
        }
        for (Thread thread : all) {
            thread.join();
        }
        System.gc();
    }

    private static void breakHook(String hook, String field) throws Exception {
        Field live;
        try {
            live = Class.forName(hook, false, null).getDeclaredField(field);
        } catch (ClassNotFoundException e) { // no segments, or nothing is sampled
            return;
        }
        live.setAccessible(true);
        live.set(null, null);
    }

    private String by(String name, String kind, int number, int bytes) throws Exception {
        Object target = null;
        Method method = ByteBuffer.class.getMethod("allocateDirect", int.class);
        Object[] arguments = {bytes};
        if (kind.equals("segments")) {
            Class<?> type = Class.forName("java.lang.foreign.Arena");
            target = type.getMethod("ofShared").invoke(null);
            arenas.add((AutoCloseable) target);
            method = type.getMethod("allocate", long.class, long.class);
            arguments = new Object[] {(long) bytes, 8L};
        }
        switch (name) {
            case "One" -> One.allocate(kept, number, method, target, arguments);
            case "Other" -> Other.allocate(kept, number, method, target, arguments);
            case "Virtual" -> Virtual.allocate(kept, number, bytes);
            case "Redeployed" -> {
                return redeployed(number, method, target, arguments);
            }
            default -> throw CommandLoop.unknown(name);
        }
        return "";
    }

    /** Allocates from here. */
    static final class One {
        private One() {}

        public static void allocate(List<Object> kept, int number, Method method, Object target, Object... arguments)
                throws ReflectiveOperationException {
            for (int i = 0; i < number; i++) {
                kept.add(method.invoke(target, arguments));
            }
        }
    }

    /** Allocates from here. */
    static final class Other {
        private Other() {}

        public static void allocate(List<Object> kept, int number, Method method, Object target, Object... arguments)
                throws ReflectiveOperationException {
            for (int i = 0; i < number; i++) {
                kept.add(method.invoke(target, arguments));
            }
        }
    }

    /** Allocates in a virtual thread, by a hidden class and a method handle that stand between this class and the JDK. */
    static final class Virtual {
        private Virtual() {}

        static void allocate(List<Object> kept, int number, int bytes) throws Exception {
            MethodHandle handle = MethodHandles.lookup()
                    .findStatic(ByteBuffer.class, "allocateDirect", MethodType.methodType(ByteBuffer.class, int.class));
            IntFunction<Object> reference = ByteBuffer::allocateDirect;
            Runnable task = () -> {
                try {
                    for (int i = 0; i < number; i += 2) {
                        kept.add(reference.apply(bytes));
                        kept.add((Object) handle.invoke(bytes));
                    }
                } catch (Throwable e) {
                    throw new IllegalStateException(e);
                }
            };
            Thread thread = Runtime.version().feature() < 21
                    ? new Thread(task)
                    : (Thread) Thread.class
                            .getMethod("startVirtualThread", Runnable.class)
                            .invoke(null, task);
            if (Runtime.version().feature() < 21) {
                thread.start();
            }
            thread.join();
        }
    }

    /** Answers whether the class loader was collected while what its class had allocated was kept. */
    private String redeployed(int number, Method method, Object target, Object... arguments) throws Exception {
        WeakReference<ClassLoader> loader = new WeakReference<>(allocateInLoader(number, method, target, arguments));
        for (int i = 0; i < 50 && loader.get() != null; i++) {
            System.gc();
            Thread.sleep(20);
        }
        return loader.get() == null ? "collected" : "kept";
    }

    private ClassLoader allocateInLoader(int number, Method method, Object target, Object... arguments)
            throws Exception {
        URL here = OffHeapApp.class.getProtectionDomain().getCodeSource().getLocation();
        URLClassLoader loader = new URLClassLoader(new URL[] {here}, ClassLoader.getPlatformClassLoader());
        Method allocate = loader.loadClass(One.class.getName())
                .getMethod("allocate", List.class, int.class, Method.class, Object.class, Object[].class);
        allocate.setAccessible(true);
        allocate.invoke(null, kept, number, method, target, arguments);
        return loader;
    }

    /** Allocates on the way back from the end of the stack. */
    private static void deep(int[] left, int bytes) {
        try {
            if (left[0] > 0) {
                deep(left, bytes);
            }
        } catch (StackOverflowError e) { // as is to be
        }
        if (left[0]-- > 0) {
            ByteBuffer.allocateDirect(bytes);
        }
    }
}
