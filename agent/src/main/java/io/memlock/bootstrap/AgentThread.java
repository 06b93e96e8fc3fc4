// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.util.concurrent.locks.LockSupport;

/**
 * Runs a task of the agent on a daemon thread, in a thread group of its own below the JVM's. No interrupt of a group
 * reaches it: frameworks interrupt whole groups when they shut a part of themselves down.
 *
 * <p>The application can ask for all threads. This class is one that it sees anyway, so that neither the thread nor its
 * handler nor its context class loader leads to the classes behind the private loader.
 */
public final class AgentThread extends Thread implements Thread.UncaughtExceptionHandler {

    /** The usual size, whatever -Xss says: that is meant for the application. */
    private static final long STACK_BYTES = 1 << 20;

    /** In a heap of fewer bytes there is no room for what a thread of ours allocates and what main does, both at once. */
    private static final long SMALL_HEAP_BYTES = 16L << 20;

    /** The time in which the launcher has loaded and called main, also on a busy machine. */
    private static final long LAUNCH_NANOS = 2_000_000_000L;

    private final boolean isGentle;
    private final boolean isOptional;

    /** Creates a daemon thread; {@link #start} starts it. */
    public AgentThread(Runnable body, String name) {
        this(body, name, false, false);
    }

    private AgentThread(Runnable body, String name, boolean isGentle, boolean isOptional) {
        super(newGroup(), body, name, STACK_BYTES, false);
        this.isGentle = isGentle;
        this.isOptional = isOptional;
        setDaemon(true);
        setUncaughtExceptionHandler(this);
        setContextClassLoader(ClassLoader.getPlatformClassLoader());
    }

    /**
     * Creates a thread that leaves time to an application that runs: {@link IsolatedLoader} has it rest after each class that
     * it loads.
     */
    public static AgentThread gentle(Runnable body, String name) {
        return new AgentThread(body, name, true, false);
    }

    /**
     * Creates a shutdown hook. Where it cannot be started, whoever starts the hooks goes on to the next, which would not be
     * started otherwise.
     */
    public static AgentThread atEnd(Runnable body, String name) {
        return new AgentThread(body, name, false, true);
    }

    @Override
    public synchronized void start() { // because Thread.start is
        try {
            super.start();
        } catch (Throwable e) { // no memory for a thread
            if (!isOptional) {
                throw e;
            }
        }
    }

    /**
     * Returns whether the heap is large enough for a thread of ours beside main. What is free tells nothing in a small heap: G1
     * divides it into four parts, and one that is nearly empty counts as free though nothing new fits into it.
     */
    public static boolean mayRunBesideMain() {
        return Runtime.getRuntime().maxMemory() >= SMALL_HEAP_BYTES;
    }

    /** Lets the calling thread rest until main runs, where the heap is left to main until then. */
    public static void leaveSmallHeapToMain() {
        if (!mayRunBesideMain()) {
            rest(LAUNCH_NANOS);
        }
    }

    /** Lets the calling thread rest. Never fails: where the heap is full, even that may find no memory the first time. */
    public static void rest(long nanos) {
        try {
            LockSupport.parkNanos(nanos);
        } catch (Throwable e) {
            onSpinWait();
        }
    }

    /** Tells whether the thread leaves time to the application. */
    boolean isGentle() {
        return isGentle;
    }

    /** Creates a group for each thread: others can destroy a group while no thread of it runs. */
    private static ThreadGroup newGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        if (Thread.currentThread() instanceof AgentThread) {
            return group;
        }
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return new ThreadGroup(group, "memlock");
    }

    /** Does nothing: the application's own handler is not asked, for many end the JVM. */
    @Override
    public void uncaughtException(Thread thread, Throwable cause) {}

    /** Does nothing: an application that interrupts all threads would end the keeper. */
    @Override
    public void interrupt() {}
}
