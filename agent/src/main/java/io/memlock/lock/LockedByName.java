// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Segment;
import java.util.HashSet;
import java.util.Set;

/**
 * Where we locked by name what was not locked before, so that it is ours to unlock. Known by start address: HotSpot and the
 * kernel move ends.
 *
 * <p>Not thread-safe.
 */
final class LockedByName {

    private final Set<Long> starts = new HashSet<>();

    boolean contains(Segment segment) {
        return starts.contains(segment.start());
    }

    void add(Segment segment) {
        starts.add(segment.start());
    }

    void remove(Segment segment) {
        starts.remove(segment.start());
    }

    /** Forgets all that is not locked any more. */
    void retain(Set<Long> stillLocked) {
        starts.retainAll(stillLocked);
    }
}
