// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.Maps;
import io.memlock.calls.Pause;
import io.memlock.calls.Populator;
import io.memlock.calls.Progress;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.Errno;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Faults regions in before the application needs them. At start it uses as many threads as there are CPUs, because the
 * application does not run yet. On a live JVM it uses one, in small pieces with pauses, as {@link ChunkedCalls} does.
 */
public final class Prefault {

    /** What one thread takes at a time. At start it is one call: large enough that calls cost nothing. */
    private static final long PIECE_BYTES = 16L << 20;

    private static final String STOPPED = "there was not enough memory any more while it went on";

    private final Populator populator;
    private final Maps maps;
    private final Pause pause;
    private final Progress progress;
    private final int cpus;
    private final LongSupplier hugePageBytes;
    private final ThreadFactory helpers;

    /**
     * Faults in by a populator.
     *
     * @param maps asked what is still there of that which the kernel refused to populate
     * @param cpus how many threads work before the application runs, if so many can be had
     * @param hugePageBytes asked on a live JVM: how large the largest huge pages may be, 0 if there are none
     */
    public Prefault(
            Populator populator, Maps maps, Pause pause, Progress progress, int cpus, LongSupplier hugePageBytes) {
        this(populator, maps, pause, progress, cpus, hugePageBytes, new Helpers());
    }

    /**
     * Faults in by a populator.
     *
     * @param helpers makes the threads that work beside the calling one
     */
    Prefault(
            Populator populator,
            Maps maps,
            Pause pause,
            Progress progress,
            int cpus,
            LongSupplier hugePageBytes,
            ThreadFactory helpers) {
        this.populator = populator;
        this.maps = maps;
        this.pause = pause;
        this.progress = progress;
        this.cpus = cpus;
        this.hugePageBytes = hugePageBytes;
        this.helpers = helpers;
    }

    /**
     * Faults in what is committed of some regions before the application runs.
     *
     * @param segments all there are
     * @param resident asked only where what is there already decides
     * @param headroom how much memory there is
     * @return null if done, otherwise why not
     * @throws IOException if it cannot be told what is resident
     */
    public String run(List<Segment> segments, List<Region> regions, Resident resident, Headroom headroom)
            throws IOException {
        return run(segments, regions, resident, headroom, null);
    }

    /**
     * Faults in as {@link #run} while the application runs, which must not be disturbed.
     *
     * @param isOver asked after each piece: whether to stop
     */
    String runLive(
            List<Segment> segments, List<Region> regions, Resident resident, Headroom headroom, BooleanSupplier isOver)
            throws IOException {
        return run(segments, regions, resident, headroom, isOver);
    }

    /** Faults in; {@code isOver} is null where no application runs. */
    private String run(
            List<Segment> segments, List<Region> regions, Resident resident, Headroom headroom, BooleanSupplier isOver)
            throws IOException {
        boolean isLive = isOver != null;
        long step = isLive ? populator.pieceBytes(Populator.GENTLE_PIECE_BYTES, hugePageBytes) : PIECE_BYTES;
        List<Piece> pieces = new ArrayList<>();
        long total = 0;
        for (Segment segment : segments) {
            if (PrefaultNeed.contains(regions, segment)) {
                boolean write = segment.mapping().writable() && !isApplicationsFile(segment);
                total += segment.length();
                cut(segment, write, Math.max(PIECE_BYTES, step), pieces);
            }
        }
        long memory = PrefaultNeed.bytes(segments, regions);
        String refusal = headroom.refusal(memory);
        if (refusal != null) {
            refusal = headroom.refusal(PrefaultNeed.moreBytes(memory, resident.bytes(regions, isLive)));
        }
        if (refusal != null) {
            return refusal;
        }
        RetryingPopulator retrying = new RetryingPopulator(populator, maps, pause);
        Work work = new Work(pieces, step, retrying, progress.begin("prefault", total), isOver);
        work.share(isLive ? 1 : cpus);
        if (work.isStopped || !retrying.tryAgain(isOver)) {
            return STOPPED;
        }
        return retrying.errno() == 0 ? null : "the kernel answered " + Errno.describe(retrying.errno());
    }

    /** Returns whether writing would make each page one to be written back, and would fill the holes of a sparse file. */
    private static boolean isApplicationsFile(Segment segment) {
        return (segment.region() == Region.MAPPED || segment.region() == Region.SHM)
                && segment.mapping().shared();
    }

    private static void cut(Segment segment, boolean write, long longest, List<Piece> pieces) {
        for (long at = segment.start(); at < segment.end(); ) {
            long to = end(at, longest, segment.end());
            pieces.add(new Piece(at, to, write));
            at = to;
        }
    }

    /** Returns where a piece ends that begins at an address: on a multiple of its length. */
    private static long end(long start, long length, long last) {
        return Math.min(last, (start / length + 1) * length);
    }

    /** Tells how much is in RAM already, which takes a walk of page tables. */
    public interface Resident {

        /**
         * Returns how many bytes of some regions are in RAM.
         *
         * @param isLive whether the application runs, and must not be stalled
         */
        long bytes(List<Region> regions, boolean isLive) throws IOException;
    }

    /** Makes the threads that work beside the calling one. */
    private static final class Helpers implements ThreadFactory {
        private int made;

        @Override
        public Thread newThread(Runnable work) {
            Thread helper = new Thread(work, "memlock-prefault-" + ++made);
            helper.setDaemon(true);
            return helper;
        }
    }

    /** To be faulted in by one thread. */
    record Piece(long start, long end, boolean write) {}

    /** Pieces, taken one by one by whoever is free. */
    private final class Work implements Runnable {
        private final List<Piece> pieces;
        private final long step;
        private final RetryingPopulator retrying;
        private final Progress.Work told;
        private final BooleanSupplier isOver;
        private final boolean gently;
        private final AtomicInteger next = new AtomicInteger();

        /** Written by the one thread there is on a live JVM. */
        private boolean isStopped;

        Work(List<Piece> pieces, long step, RetryingPopulator retrying, Progress.Work told, BooleanSupplier isOver) {
            this.pieces = pieces;
            this.step = step;
            this.retrying = retrying;
            this.told = told;
            this.isOver = isOver;
            this.gently = isOver != null;
        }

        /** Does all there is to do, on so many threads or on as many of them as there are to be had. */
        void share(int threads) {
            List<Thread> started = new ArrayList<>(threads);
            try {
                while (started.size() < threads - 1) {
                    Thread helper = helpers.newThread(this);
                    helper.start();
                    started.add(helper);
                }
            } catch (Throwable e) {
                // A limit on threads is reached, or there is no memory for one. Then the others do its part.
            }
            run();
            boolean interrupted = false;
            for (Thread helper : started) {
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void run() {
            for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
                Piece piece = pieces.get(i);
                long end;
                for (long at = piece.start; at < piece.end; at = end) {
                    end = end(at, step, piece.end);
                    retrying.populate(at, end - at, piece.write);
                    told.done(end - at);
                    if (gently) {
                        pause.nanos(ChunkedCalls.PAUSE_NANOS);
                        if (isOver.getAsBoolean()) {
                            isStopped = true;
                            return;
                        }
                    }
                }
            }
        }
    }
}
