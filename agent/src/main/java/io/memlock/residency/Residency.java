// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Brings pages into RAM, because a lock on-fault only keeps pages that are there. */
public interface Residency {

    /**
     * Faults in what is committed of some regions, before the application runs.
     *
     * @return null if done, otherwise why not
     * @throws IOException if {@code /proc} cannot be read
     */
    String prefault(List<Segment> segments, List<Region> regions) throws IOException;

    /**
     * Faults in as {@link #prefault} while the application runs, which must not be disturbed.
     *
     * @param isOver asked after each piece: whether to stop
     */
    String prefaultLive(List<Segment> segments, List<Region> regions, BooleanSupplier isOver) throws IOException;

    /**
     * Reads back what is swapped out.
     *
     * @param isOver asked after each piece: whether to stop
     */
    ReadBack swapIn(List<Segment> segments, BooleanSupplier isOver);

    /**
     * Reads back what is swapped out of private memory. Shared memory and a heap that is a file are left alone: what they have
     * not allocated yet would be.
     *
     * @param isOver asked after each piece: whether to stop
     */
    ReadBack swapInPrivate(List<Segment> segments, BooleanSupplier isOver);

    /**
     * Tells the operator what has come back.
     *
     * @param bytes more than 0
     */
    void tellReadBack(long bytes);

    /** Returns whether private memory of this process is in swap. */
    boolean isPrivateInSwap();
}
