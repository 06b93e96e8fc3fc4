// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Requests that arrive at a fixed rate whether or not the service keeps up. The latency of each counts from when it should
 * have begun, so a stall shows in every request that had to wait for it (no coordinated omission).
 */
final class OpenLoop {

    /** The last stretch of a wait, where a sleep would overshoot. */
    private static final long SPIN_NANOS = 50_000;

    /** A service this far behind is stopped; what it did not serve is counted as late as it then is. */
    private static final double GIVE_UP_FACTOR = 2;

    private final Workload workload;
    private long sink;

    OpenLoop(Workload workload) {
        this.workload = workload;
    }

    /** Serves requests, from the beginning of a run to its end, and returns their latencies in nanoseconds. */
    Histogram run(double requestsPerSecond, double seconds) {
        return serve(requestsPerSecond, seconds, 1);
    }

    /** Serves requests without getting on in the run: what a run changes as it gets on, it finds as it was. */
    void warmUp(double requestsPerSecond, double seconds) {
        serve(requestsPerSecond, seconds, 0);
    }

    private Histogram serve(double requestsPerSecond, double seconds, double endOfProgress) {
        Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(10), 3);
        long periodNanos = (long) (1e9 / requestsPerSecond);
        long requests = (long) (requestsPerSecond * seconds);
        long start = System.nanoTime();
        long giveUpNanos = (long) (seconds * GIVE_UP_FACTOR * 1e9);
        for (long number = 0; number < requests; number++) {
            long intended = start + number * periodNanos;
            if (System.nanoTime() - start < giveUpNanos) {
                awaitNanoTime(intended);
                sink += workload.serve(number, endOfProgress * number / requests);
            }
            latencies.recordValue(Math.max(0, System.nanoTime() - intended));
        }
        return latencies;
    }

    /** Serves requests one after the other as fast as it can; requests per second. */
    double flood(double seconds) {
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        long served = 0;
        long now;
        do {
            for (int i = 0; i < 100; i++) {
                sink += workload.serve(served++, 1);
            }
            now = System.nanoTime();
        } while (now < end);
        return served * 1e9 / (now - start);
    }

    /** Depends on all that was computed. */
    long sink() {
        return sink;
    }

    private static void awaitNanoTime(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            if (left > SPIN_NANOS) {
                LockSupport.parkNanos(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
