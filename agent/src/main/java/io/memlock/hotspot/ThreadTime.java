// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** CPU time of the calling thread: unlike the clock's it does not grow while the thread sleeps or others run. */
public final class ThreadTime {

    /** Null where it cannot be had: a JVM built without the module {@code java.management}. */
    private final ThreadMXBean threads = find();

    private static ThreadMXBean find() {
        try {
            ThreadMXBean found = ManagementFactory.getThreadMXBean();
            return found.isCurrentThreadCpuTimeSupported() ? found : null;
        } catch (LinkageError e) {
            return null;
        }
    }

    /**
     * CPU time the calling thread has used.
     *
     * @return nanoseconds from an arbitrary start; the clock's where CPU time is not known
     */
    public long nanos() {
        long cpu = threads == null ? -1 : threads.getCurrentThreadCpuTime();
        return cpu < 0 ? System.nanoTime() : cpu;
    }
}
