// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.List;
import javax.management.NotificationEmitter;

/**
 * Tells when HotSpot may have committed memory: after a garbage collection the heap may have grown or moved; metaspace and
 * the code cache grow without one, which their committed size shows.
 *
 * <p>Asks the beans themselves. Going through the platform MBean server would create it; see {@code JmxRegistration}.
 */
public final class GrowthSignals {

    private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans();
    private long lastCommittedBytes = committedBytes();

    /**
     * Starts listening to garbage collections.
     *
     * @param afterCollection called on the JVM's notification thread, which must not be kept: it may only hand over
     */
    public GrowthSignals(Runnable afterCollection) {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener((notification, handback) -> afterCollection.run(), null, null);
            }
        }
    }

    /**
     * Whether the committed size of any memory pool differs from the last call. Some microseconds.
     *
     * @return true if it does
     */
    public boolean committedChanged() {
        long now = committedBytes();
        boolean changed = now != lastCommittedBytes;
        lastCommittedBytes = now;
        return changed;
    }

    /** A number that changes when any of the sizes does: pools seldom grow and shrink by the same amount at once. */
    private long committedBytes() {
        long mixed = 0;
        for (MemoryPoolMXBean pool : pools) {
            MemoryUsage usage = pool.getUsage();
            mixed = mixed * 31 + (usage == null ? 0 : usage.getCommitted());
        }
        return mixed;
    }
}
