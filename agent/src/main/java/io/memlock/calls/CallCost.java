// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.os.LibC;
import java.util.function.LongSupplier;

/**
 * Measures the fixed cost of a call on a range, however short: entering the kernel and taking {@code mmap_lock}. It is
 * some microseconds on most machines, and a hundred in an emulator or a sandbox. There, shorter pieces would only be
 * more, not quicker.
 */
public final class CallCost implements LongSupplier {

    /** Tries, of which the quickest counts: the others met somebody. */
    private static final int TRIES = 5;

    private final LibC libc;

    public CallCost(LibC libc) {
        this.libc = libc;
    }

    /** Measures how many nanoseconds an unlock of nothing takes now. */
    @Override
    public long getAsLong() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long began = System.nanoTime();
            libc.munlock(0, 0);
            least = Math.min(least, System.nanoTime() - began);
        }
        return least;
    }
}
