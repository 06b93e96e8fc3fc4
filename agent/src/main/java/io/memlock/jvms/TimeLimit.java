// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at other processes no longer than it may take. A process can have the kernel wait for it, by a file system of its own
 * behind what it maps or by holding its address space; whoever waits there is left waiting, and ends with this command.
 */
public final class TimeLimit {

    /** For what takes microseconds in a process that means no harm. */
    public static final long GLANCE_MILLIS = 2_000;

    /** For a walk of the page tables: those of 3 TiB take half of it. */
    public static final long WALK_MILLIS = 60_000;

    private ExecutorService looker = newLooker();

    /**
     * Does the work, on another thread.
     *
     * @param what is looked at, for the message
     * @throws IOException if it fails, whatever the reason, or takes too long
     * @throws CommandException as the work throws it
     */
    public <T> T within(long millis, String what, Callable<T> work)
            throws IOException, CommandException, InterruptedException {
        try {
            return looker.submit(work).get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            looker.shutdownNow();
            looker = newLooker();
            throw new IOException(what + " does not let itself be looked at: no answer within "
                    + TimeUnit.MILLISECONDS.toSeconds(millis) + " s");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException expected) {
                throw expected;
            }
            if (e.getCause() instanceof CommandException expected) {
                throw expected;
            }
            // Also StackOverflowError and OutOfMemoryError: the thread was not ours, and what it held is free again.
            throw new IOException(what + " cannot be looked at: " + e.getCause(), e.getCause());
        }
    }

    private static ExecutorService newLooker() {
        return Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "memlock-looker");
            thread.setDaemon(true);
            return thread;
        });
    }
}
