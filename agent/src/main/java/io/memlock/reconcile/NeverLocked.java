// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import java.util.HashSet;
import java.util.Set;

/**
 * Remembers the mappings that the kernel never locks although the call succeeds: its own ({@code [vdso]}), device
 * memory, huge pages of hugetlbfs, memory marked droppable. Linux {@code mm/internal.h: vma_supports_mlock}
 *
 * <p>No list of names is complete, so they are found by trying: locked, and the probe says it is not. Huge pages of
 * hugetlbfs are not tried: they cannot be swapped, and the call would populate them. Neither is secret memory, which the
 * kernel keeps locked whatever is called; droppable memory that was born locked is found so by trying to unlock it.
 */
final class NeverLocked {

    private final Set<Mapping> found = new HashSet<>();

    boolean contains(Segment segment) {
        Mapping mapping = segment.mapping();
        return isNever(mapping) || found.contains(mapping);
    }

    void add(Segment segment) {
        found.add(segment.mapping());
    }

    int count() {
        return found.size();
    }

    /** Forgets all, so that the set cannot grow and a mistake does not last. */
    void clear() {
        found.clear();
    }

    private static boolean isNever(Mapping mapping) {
        return mapping.isKernels() || mapping.isHugetlb() || mapping.isSecret();
    }
}
