// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import java.util.ArrayList;
import java.util.List;

/**
 * Judges whether what others have can be swapped out when the host is short of memory. Their own cgroups may forbid it,
 * with {@code memory.swap.max=0} or {@code memory.min}, and nothing tells that in one place. So it counts until half of
 * what has to be left is gone without a page having been swapped out: the kernel would have begun before.
 *
 * <p>Not thread-safe.
 */
final class HostSwap {

    private static final long UNTIL_FREE_BYTES = OomWatch.LEAST_BYTES / 2;

    private OomMargin before;
    private boolean isProven;
    private long unprovenBytes = RoomSource.UNBOUNDED;

    /** Forgets what was seen. */
    void forget() {
        before = null;
    }

    /** Returns margins among which the host's is without what others have, if that does not go. */
    List<OomMargin> judge(List<OomMargin> margins) {
        unprovenBytes = RoomSource.UNBOUNDED;
        List<OomMargin> judged = new ArrayList<>(margins.size());
        for (OomMargin margin : margins) {
            judged.add(margin.isHosts() && margin.ownSwapLeftBytes() > 0 ? judge(margin) : margin);
        }
        return judged;
    }

    private OomMargin judge(OomMargin host) {
        if (before == null || host.freeBytes() >= OomWatch.LEAST_BYTES) {
            before = host;
            isProven = false;
        }
        isProven |= host.swapLeftBytes() < before.swapLeftBytes() || host.swapLeftBytes() == RoomSource.UNBOUNDED;
        long untilFreeBytes = Math.min(UNTIL_FREE_BYTES, before.freeBytes() / 2);
        if (isProven || host.leftBytes() == host.freeBytes()) {
            return host;
        }
        if (host.freeBytes() < untilFreeBytes) {
            return host.withoutOthersSwap();
        }
        unprovenBytes = host.freeBytes() - untilFreeBytes;
        return host;
    }

    /** Returns how much more may be used before it is judged again; {@link RoomSource#UNBOUNDED} where nothing is in doubt. */
    long unprovenBytes() {
        return unprovenBytes;
    }
}
