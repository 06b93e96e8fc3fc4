// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** Reads a number again and again while a test goes on, and remembers the largest. */
final class Sampler implements AutoCloseable {

    private final AtomicLong largest = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong samples = new AtomicLong();
    private final AtomicReference<Throwable> problem = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stopped;

    /**
     * Starts reading.
     *
     * @param pauseMillis between two readings
     */
    Sampler(LongSupplier number, long pauseMillis) {
        thread = new Thread(() -> sample(number, pauseMillis), "sampler");
        thread.setDaemon(true);
        thread.start();
    }

    private void sample(LongSupplier number, long pauseMillis) {
        try {
            while (!stopped) {
                long value = number.getAsLong();
                largest.accumulateAndGet(value, Math::max);
                samples.incrementAndGet();
                Keeping.sleep(pauseMillis);
            }
        } catch (RuntimeException | Error e) {
            problem.set(e);
        }
    }

    /** How often the number was read. */
    long samples() {
        return samples.get();
    }

    /** The largest it ever was. */
    long largest() {
        if (problem.get() != null) {
            throw new AssertionError("sampling failed", problem.get());
        }
        return largest.get();
    }

    /** Ends it. */
    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
