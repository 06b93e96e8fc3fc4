// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import java.util.function.LongSupplier;

/** Has long work rest for a moment each time it has gone on for as long. */
public final class Pacer {

    private final Pause pause;
    private final LongSupplier clock;
    private long restedNanos;

    /**
     * Begins to count.
     *
     * @param pause sleeps
     */
    public Pacer(Pause pause) {
        this(
                pause,
                new LongSupplier() { // no lambda: the heap may be full, and a lambda would have the JDK initialise much
                    @Override
                    public long getAsLong() {
                        return System.nanoTime();
                    }
                });
    }

    /** Paces the work by another clock, for tests. */
    public Pacer(Pause pause, LongSupplier clock) {
        this.pause = pause;
        this.clock = clock;
        this.restedNanos = clock.getAsLong();
    }

    /** Rests if a rest is due. To be called after each small piece of the work. */
    public void rest() {
        if (clock.getAsLong() - restedNanos >= ChunkedCalls.PAUSE_NANOS) {
            pause.nanos(ChunkedCalls.PAUSE_NANOS);
            restedNanos = clock.getAsLong();
        }
    }
}
