// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Segment;
import io.memlock.proc.Mapping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the application locked itself, which is never unlocked. Its locks are told from ours by the flags in smaps: {@code
 * lo} without {@code lf}, because we only lock on-fault.
 */
final class ApplicationLocks {

    private final LockFlags flags;
    private List<Mapping> known = List.of();

    ApplicationLocks(LockFlags flags) {
        this.flags = flags;
    }

    /** Whether the application locked the segment, as far as {@link #refresh} saw. */
    boolean contains(Segment segment) {
        for (Mapping mapping : known) {
            if (mapping.start() < segment.end() && segment.start() < mapping.end()) {
                return true;
            }
        }
        return false;
    }

    /** The mappings the application locked, as far as {@link #refresh} saw. */
    List<Mapping> all() {
        return known;
    }

    /**
     * Reads smaps, which walks page tables: only when something unexpected is locked.
     *
     * @throws IOException if smaps cannot be read; what was known stays
     */
    void refresh() throws IOException {
        List<Mapping> found = new ArrayList<>();
        flags.forEachLockedWithoutOnFault(found::add);
        known = found;
    }

    /** Where the flags come from. */
    interface LockFlags {

        /** Hands over each mapping that is locked, but not on-fault. */
        void forEachLockedWithoutOnFault(java.util.function.Consumer<Mapping> consumer) throws IOException;
    }
}
