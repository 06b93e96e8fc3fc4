// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import java.util.ArrayList;
import java.util.List;

/** Collects what the operator should know even if the state stays the same, and hands out each notice once. */
final class Notices {

    private final List<String> pending = new ArrayList<>();
    private long unlockedByOthers;

    void add(String notice) {
        pending.add(notice);
    }

    /**
     * Adds that something that was locked, and is mapped as it was, is not locked any more. Says so ever more rarely: the
     * first, second, fourth, eighth time.
     *
     * @param segments how many
     */
    void unlockedByOthers(int segments) {
        unlockedByOthers++;
        if (Long.bitCount(unlockedByOthers) == 1) {
            add(
                    "another party in this JVM unlocked memory (munlock, munlockall, or mlockall without MCL_FUTURE): locked "
                            + (segments == 1 ? "1 segment" : segments + " segments") + " again; "
                            + (unlockedByOthers == 1 ? "the first time" : unlockedByOthers + " times so far"));
        }
    }

    /** Returns all notices since the last call. */
    List<String> take() {
        List<String> taken = List.copyOf(pending);
        pending.clear();
        return taken;
    }
}
