// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Limits the time for which another process may keep this command waiting. */
final class LimitedCall {

    private LimitedCall() {}

    /** What may take too long. */
    interface Call<T> {
        T run() throws Exception;
    }

    /**
     * Makes a call on a thread of its own, which is left behind if it takes too long: no interrupt ends a read of a socket.
     *
     * @return what it returned
     * @throws IOException if it took longer, or more memory than there is
     * @throws Exception what it threw
     */
    static <T> T call(long seconds, Call<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call::run);
        Thread thread = new Thread(task, "memlock-call");
        thread.setDaemon(true);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        try {
            return task.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + seconds + " s", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception) {
                throw (Exception) e.getCause();
            }
            throw new IOException("the answer cannot be read: " + e.getCause(), e);
        }
    }
}
