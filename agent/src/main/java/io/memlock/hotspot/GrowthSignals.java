// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import javax.management.NotificationEmitter;

/**
 * Tells when HotSpot may have committed memory: after a garbage collection the heap may have grown or moved; metaspace and
 * the code cache grow without one, which their committed size shows.
 *
 * <p>Asks the beans themselves. Going through the platform MBean server would create it; see {@code JmxRegistration}.
 */
public final class GrowthSignals {

    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
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
     * Whether the committed size of heap or other memory pools differs from the last call. Some microseconds.
     *
     * @return true if it does
     */
    public boolean committedChanged() {
        long now = committedBytes();
        boolean changed = now != lastCommittedBytes;
        lastCommittedBytes = now;
        return changed;
    }

    /** A number that changes when either does. One pool seldom grows by what another gives back at the same moment. */
    private long committedBytes() {
        return memory.getHeapMemoryUsage().getCommitted() * 31
                + memory.getNonHeapMemoryUsage().getCommitted();
    }
}
