// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Limits the time of a look at another process. A process can make the kernel wait for it, by a file system of its own
 * behind its mappings or by holding its address space. A thread that waits there is left waiting, and ends with this
 * command.
 */
public final class TimeLimit {

    /** The limit for what takes microseconds in a process that means no harm. */
    public static final long GLANCE_MILLIS = 2_000;

    /** The limit for a walk of the page tables: those of 3 TiB take half of it. */
    public static final long WALK_MILLIS = 60_000;

    private TimeLimit() {}

    /**
     * Does the work, on another thread.
     *
     * @param what is looked at, for the message
     * @throws IOException if it fails, whatever the reason, or takes too long
     * @throws CommandException as the work throws it
     */
    public static <T> T within(long millis, String what, Callable<T> work)
            throws IOException, CommandException, InterruptedException {
        try {
            return within(millis, work);
        } catch (IOException | CommandException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(failure(what, e), e);
        }
    }

    /**
     * Does what takes microseconds with a JVM that means no harm.
     *
     * @throws CommandException if it fails, whatever the reason, or takes too long
     */
    public static <T> T glance(Jvm jvm, Callable<T> work) throws CommandException, InterruptedException {
        return within(GLANCE_MILLIS, jvm, work);
    }

    /**
     * Does what walks the page tables of a JVM.
     *
     * @throws CommandException if it fails, whatever the reason, or takes too long
     */
    public static <T> T walk(Jvm jvm, Callable<T> work) throws CommandException, InterruptedException {
        return within(WALK_MILLIS, jvm, work);
    }

    private static <T> T within(long millis, Jvm jvm, Callable<T> work) throws CommandException, InterruptedException {
        try {
            return within(millis, work);
        } catch (CommandException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new CommandException(failure(jvm.title(), e));
        }
    }

    /** Says why something could not be looked at. */
    private static String failure(String what, Exception e) {
        return e instanceof TimeoutException
                ? what + " does not let its memory be read: " + e.getMessage()
                : what + " cannot be looked at: " + (e instanceof IOException ? e.getMessage() : e);
    }

    /**
     * Returns the limit for a look at a JVM's memory.
     *
     * @param isExact whether its page tables are walked whatever it takes
     */
    public static long millis(boolean isExact) {
        return isExact ? WALK_MILLIS : GLANCE_MILLIS;
    }

    /**
     * Does the work on a thread of its own, which is left behind if it takes too long: no interrupt ends a read of a socket,
     * or one in the kernel.
     *
     * @return what it returned
     * @throws TimeoutException if it took longer
     * @throws ExecutionException if it ended with an Error, as for lack of memory: the thread was not ours, and what it held is
     *     free again
     * @throws Exception what it threw
     */
    public static <T> T within(long millis, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "looker"); // other commands must not take it for one of an agent's
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new TimeoutException("no answer within " + TimeUnit.MILLISECONDS.toSeconds(millis) + " s");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception expected ? expected : e;
        }
    }
}
