// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Allocates outside the heap and keeps it: {@code buffers N BYTES}; {@code segments ARENA N BYTES} (JDK 22) with ARENA one of
 * {@code auto}, {@code global}, {@code confined} and {@code shared}; {@code close} closes the arenas that can be, {@code drop}
 * forgets buffers and segments, and collects garbage. {@code churn THREADS N BYTES} allocates and frees without keeping,
 * {@code breakhook} takes from the agent's hook what it counts with.
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
            case "breakhook" -> breakHook();
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

    private static void breakHook() throws Exception {
        Field live = Class.forName("jdk.internal.foreign.MemlockSegmentHook", false, null)
                .getDeclaredField("live");
        live.setAccessible(true);
        live.set(null, null);
    }
}
