// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.memory.Region;
import io.memlock.memory.Selection;
import io.memlock.options.StrategyChoice;

/** Says when new mappings may be born locked. The doctor predicts by it what the agent does. */
public final class FutureRule {

    private FutureRule() {}

    /**
     * Returns whether new mappings may be born locked. By default only if nothing but files is left out: what is born
     * locked and not selected has to be unlocked, and memory that an application locks on-fault itself looks the same. And
     * only by CAP_IPC_LOCK: an infinite limit can be lowered from outside, and the JVM would die at its next commit.
     *
     * @param asked the strategy that the user has chosen
     * @param selection what is to be locked
     * @param isUnlimited whether no limit applies
     * @param isPrivileged whether CAP_IPC_LOCK counts, which lifts a finite limit, too
     */
    public static boolean allows(StrategyChoice asked, Selection selection, boolean isUnlimited, boolean isPrivileged) {
        if (!isUnlimited || asked == StrategyChoice.RESCAN) {
            return false;
        }
        return asked == StrategyChoice.FUTURE || (selection.isAllButFiles() && isPrivileged);
    }

    /**
     * Returns whether they may be only as long as there is room for what is born locked and must not stay so: the files that
     * are left out. Who asks for {@code strategy=future} gets it without.
     *
     * @param asked the strategy that the user has chosen
     * @param selection what is to be locked
     */
    public static boolean needsRoom(StrategyChoice asked, Selection selection) {
        return asked == StrategyChoice.AUTO && !selection.contains(Region.MAPPED);
    }
}
