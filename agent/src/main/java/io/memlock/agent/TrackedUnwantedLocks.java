// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.lock.MemoryLock;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.options.CurrentOptions;
import io.memlock.tracking.UnwantedLocks;
import java.util.List;

/** Tells what the lock in force holds against the options, where mappings are tracked at all. */
final class TrackedUnwantedLocks implements UnwantedLocks {

    private final MemoryLock lock;
    private final CurrentOptions options;

    TrackedUnwantedLocks(MemoryLock lock, CurrentOptions options) {
        this.lock = lock;
        this.options = options;
    }

    @Override
    public boolean isBornUnwanted(Region region) {
        return options.get().track() && lock.isBornUnwanted(region);
    }

    @Override
    public List<PathGlob> chosenFiles() {
        return lock.chosenFiles();
    }
}
