// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Treats all threads and the heap badly, beside the commands of {@link HeapApp}: {@code interrupt} interrupts every thread
 * and main's group each 10 ms from then on, {@code fill MILLIS} keeps the heap full to the brim for so long and catches
 * what that leads to, {@code munlockall} unlocks everything, {@code management} uses the platform's MBeans. What stands on
 * the command line is done before anything else.
 */
public final class HostileApp {

    private static final long PAUSE_MILLIS = 10;
    private static final int LARGEST_WORDS = 1 << 17;

    private final HeapApp heap = new HeapApp();

    private HostileApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        HostileApp app = new HostileApp();
        if (args.length > 0) {
            app.handle(args[0], Arrays.copyOfRange(args, 1, args.length));
        }
        CommandLoop.run(app::handle);
    }

    private String handle(String command, String[] arguments) throws Exception {
        return switch (command) {
            case "interrupt" -> interrupt();
            case "fill" -> fill(Long.parseLong(arguments[0]));
            case "munlockall" -> Integer.toString(AppLibC.munlockall());
            case "management" -> management();
            default -> heap.handle(command, arguments);
        };
    }

    private static String interrupt() {
        ThreadGroup mine = Thread.currentThread().getThreadGroup();
        ThreadGroup root = mine;
        while (root.getParent() != null) {
            root = root.getParent();
        }
        ThreadGroup all = root;
        Thread thread = new Thread(all, () -> interruptForEver(all, mine), "interrupter");
        thread.setDaemon(true);
        thread.start();
        return "";
    }

    @SuppressWarnings("ThreadSleep")
    private static void interruptForEver(ThreadGroup all, ThreadGroup mains) {
        while (true) {
            Thread[] threads = new Thread[2 * all.activeCount() + 16];
            int count = all.enumerate(threads, true);
            for (int i = 0; i < count; i++) {
                threads[i].interrupt();
            }
            mains.interrupt();
            Thread.interrupted(); // our own
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.interrupted(); // by ourselves
            }
        }
    }

    /** On a thread of its own: with a full heap the JVM may even fail to link what follows a handler. */
    private static String fill(long millis) throws InterruptedException {
        resolveHandler();
        Thread caller = Thread.currentThread();
        Thread filler = new Thread(
                () -> {
                    awaitWaiting(caller);
                    fillUntil(System.nanoTime() + millis * 1_000_000);
                },
                "filler");
        filler.start();
        while (filler.isAlive()) {
            try {
                filler.join();
            } catch (OutOfMemoryError e) {
                // which this thread may meet as well as any other
            }
        }
        awaitRoom();
        return "";
    }

    /**
     * G1 of JDK 25 answers the first thread that allocates after such a time with an error although its collection has
     * just freed nearly everything: with an agent or without one (26 of 50 runs without).
     */
    private static void awaitRoom() {
        Object room = null;
        while (room == null) {
            try {
                room = new long[LARGEST_WORDS / 8];
            } catch (OutOfMemoryError e) {
                Thread.onSpinWait();
            }
        }
    }

    /**
     * What a handler catches is looked up when the first such error is thrown in this class. That takes memory, and where
     * there is none the error that comes of it is caught by nobody.
     */
    private static void resolveHandler() {
        try {
            throw new OutOfMemoryError();
        } catch (OutOfMemoryError e) {
            Thread.onSpinWait();
        }
    }

    /** Starting a thread takes memory, too, and goes on when the thread runs already. */
    private static void awaitWaiting(Thread caller) {
        while (caller.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private static void fillUntil(long end) {
        Object[] chain = null;
        int words = LARGEST_WORDS;
        while (System.nanoTime() < end) {
            try {
                Object[] next = new Object[words];
                next[0] = chain;
                chain = next;
            } catch (OutOfMemoryError e) {
                words = words > 8 ? words / 4 : 2;
            }
        }
    }

    private static String management() {
        return ManagementFactory.getPlatformMBeanServer().getMBeanCount() > 0
                        && ManagementFactory.getThreadMXBean().getThreadCount() > 0
                ? "works"
                : "is empty";
    }
}
