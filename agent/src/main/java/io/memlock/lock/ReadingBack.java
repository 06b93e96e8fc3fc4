// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.memory.Segment;
import io.memlock.residency.ReadBack;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Reads back, in parts, what was swapped out before a pass locked it, as after an unlock by somebody else: a lock on-fault
 * does not. Where there is no room for it, it waits until there is. Not thread-safe.
 */
final class ReadingBack {

    /** Segments that are added to those that wait. Where there are more, all that is locked is gone through once more. */
    private static final int MOST_WAITING = 1_000;

    private final OwnProcess process;

    /** Since something began to wait: what is left of it waits still. */
    private ReadBack soFar = ReadBack.NOTHING;

    private boolean isAllToFollow;
    private boolean isMoreToDo;
    private String lastRefusal;

    /** Brings back the pages of {@code process}. */
    ReadingBack(OwnProcess process) {
        this.process = process;
    }

    /**
     * Reads back all at once, with a heap that is a file. What could not be looked at, or was left, waits.
     *
     * @param allLocked all that is locked now
     * @param isOver whether to stop
     * @return why some of it stays in swap; null if nothing does
     */
    String readAll(List<Segment> allLocked, BooleanSupplier isOver) {
        end(); // what waited is part of all
        soFar = new ReadBack(0, allLocked, null); // waits where an error ends this
        soFar = process.residency().swapIn(allLocked, isOver);
        String refusal = soFar.refusal();
        if (soFar.left().isEmpty()) {
            end();
        }
        return refusal;
    }

    /**
     * Leaves all of it in swap until there is room.
     *
     * @return why, for whoever asked
     */
    String leaveAll(List<Segment> allLocked) {
        end();
        add(allLocked);
        return "too little memory would be left; the keeper reads private memory back once there is room";
    }

    /** Adds what has been locked since the last call, and may be in swap, to what waits. */
    void add(List<Segment> locked) {
        if (locked.isEmpty()) {
            return;
        }
        List<Segment> waiting = new ArrayList<>(soFar.left());
        isAllToFollow |= !waiting.isEmpty() && waiting.size() + locked.size() > MOST_WAITING;
        if (!isAllToFollow) {
            waiting.addAll(locked);
            soFar = new ReadBack(soFar.broughtBytes(), waiting, null);
        }
    }

    /**
     * Ends if nothing of the process is in swap any more: then nothing has to wait.
     *
     * @return whether to go on, as something waits that may be in swap
     */
    boolean continueOrEnd() {
        isMoreToDo = false;
        boolean isWaiting = !soFar.left().isEmpty();
        if (isWaiting && !process.residency().isPrivateInSwap()) {
            end();
            return false;
        }
        return isWaiting;
    }

    /**
     * Reads back what waits.
     *
     * @param allLocked all that is locked now
     * @param isOver whether to stop, and leave the rest to the next call
     * @return why some of it stays in swap, if that is news; null otherwise
     */
    String readPart(List<Segment> allLocked, BooleanSupplier isOver) {
        ReadBack part = process.residency().swapInPrivate(soFar.left(), isOver);
        isMoreToDo = Segment.length(part.left()) < Segment.length(soFar.left()); // not where nothing could be read
        soFar = soFar.and(part);
        if (soFar.left().isEmpty() && isAllToFollow) {
            isAllToFollow = false;
            soFar = new ReadBack(soFar.broughtBytes(), allLocked, null);
        }
        if (soFar.left().isEmpty()) {
            end();
        }
        boolean isNews = part.refusal() != null && !part.refusal().equals(lastRefusal);
        lastRefusal = part.refusal();
        return isNews ? lastRefusal : null;
    }

    /** Returns whether the last call had no time to read all back that it could. */
    boolean isMoreToDo() {
        return isMoreToDo;
    }

    /** Tells what has come back, and forgets what waits. */
    void end() {
        if (soFar.broughtBytes() > 0) {
            process.residency().tellReadBack(soFar.broughtBytes());
        }
        soFar = ReadBack.NOTHING;
        isAllToFollow = false;
        isMoreToDo = false;
    }
}
