// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.HeldPages;
import io.memlock.calls.Maps;
import io.memlock.calls.Pause;
import io.memlock.calls.Populator;
import io.memlock.memory.Mapping;
import io.memlock.os.Errno;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * Populates piece by piece, and remembers what the kernel refused. Memory that has gone meanwhile is no refusal: where it
 * is unmapped the kernel answers ENOMEM, and where a collector has uncommitted it, EINVAL, because nobody may access it. For
 * these answers, and for EFAULT, there are other reasons, too, such as a cgroup that is full and has nobody to kill:
 * {@link #tryAgain} finds out. A page that nobody can access is no refusal either. Safe for use by several threads.
 */
final class RetryingPopulator {

    private final Populator populator;
    private final Maps maps;
    private final Pause pause;
    private final Queue<Prefault.Piece> unexplained = new ArrayDeque<>();
    private int unexplainedErrno;
    private long refusedBytes;
    private int errno;

    RetryingPopulator(Populator populator, Maps maps, Pause pause) {
        this.populator = populator;
        this.maps = maps;
        this.pause = pause;
    }

    /**
     * Populates as {@link Populator#populate}.
     *
     * @return whether it is populated
     */
    boolean populate(long start, long length, boolean isWrite) {
        int failed = populator.populate(start, length, isWrite);
        if (failed == Errno.EINVAL || failed == Errno.EFAULT || failed == Errno.ENOMEM) {
            add(new Prefault.Piece(start, start + length, isWrite), failed);
        } else {
            count(length, failed);
        }
        return failed == 0;
    }

    /** Reads ahead as {@link Populator#readAhead}. */
    void readAhead(long start, long length) {
        populator.readAhead(start, length);
    }

    private synchronized void add(Prefault.Piece piece, int failed) {
        unexplainedErrno = unexplained.isEmpty() ? failed : unexplainedErrno;
        unexplained.add(piece);
    }

    private synchronized void count(long length, int failed) {
        if (failed != 0) {
            refusedBytes += length;
            errno = errno == 0 ? failed : errno;
        }
    }

    /**
     * Looks whether the pieces are there still whose refusal is not explained, and tries again what is.
     *
     * @param isOver asked after each piece: whether to stop, and leave the others to the next call; null if nothing stops it
     * @return false if it was stopped
     */
    synchronized boolean tryAgain(BooleanSupplier isOver) {
        if (unexplained.isEmpty()) {
            return true;
        }
        try {
            List<Mapping> mappings = maps.read();
            for (Prefault.Piece piece = unexplained.peek(); piece != null; piece = unexplained.peek()) {
                tryAgain(piece, mappings);
                unexplained.remove(); // not before: where that cannot be told, it counts as refused
                if (isOver != null && isOver.getAsBoolean()) {
                    return false;
                }
            }
        } catch (IOException e) {
            for (Prefault.Piece piece : unexplained) {
                count(piece.end() - piece.start(), unexplainedErrno);
            }
            unexplained.clear();
        }
        return true;
    }

    /** Returns the first piece that {@link #tryAgain} was stopped before; null if there is none. */
    synchronized Prefault.Piece firstUntried() {
        return unexplained.peek();
    }

    private void tryAgain(Prefault.Piece piece, List<Mapping> mappings) throws IOException {
        for (Mapping mapping : mappings) {
            long start = Math.max(piece.start(), mapping.start());
            long length = Math.min(piece.end(), mapping.end()) - start;
            if (length > 0 && (piece.write() ? mapping.writable() : mapping.readable())) {
                int failed = populator.populateAround(mapping, start, length, piece.write());
                count(length, failed == Errno.ENOMEM && !isMapped(start, length) ? 0 : failed);
                pause.nanos(ChunkedCalls.PAUSE_NANOS);
            }
        }
    }

    private boolean isMapped(long start, long length) throws IOException {
        long end = start + length;
        return new HeldPages.Range(start, end).firstUnmapped(maps.read()) == end;
    }

    /** Returns how many bytes the kernel refused to populate. */
    synchronized long refusedBytes() {
        return refusedBytes;
    }

    /** Returns for which errno the first of them were refused, 0 if none were. */
    synchronized int errno() {
        return errno;
    }
}
