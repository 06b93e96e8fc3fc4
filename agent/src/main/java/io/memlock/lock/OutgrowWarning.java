// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Region;
import io.memlock.log.Bytes;
import io.memlock.proc.MemInfo;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessStatus;
import java.io.IOException;

/**
 * Says before it happens that what is locked can outgrow what there is: locked pages cannot be reclaimed, so the kernel
 * would kill instead.
 *
 * @param atMostBytes the largest heap, and what else is resident now
 * @param cgroupBytes the memory cgroup's limit, -1 if there is none
 * @param hostBytes the host's RAM, -1 if it is not known
 */
record OutgrowWarning(long atMostBytes, long cgroupBytes, long hostBytes) {

    /**
     * For the JVM this runs in.
     *
     * @param viewedBytes what VmRSS counts twice
     */
    static OutgrowWarning ofThisJvm(ProcFs proc, LockStatus status, long viewedBytes) throws IOException {
        MemInfo memory = proc.memInfo();
        long cgroup = proc.cgroupMemory(ProcFs.SELF).limitBytes();
        ProcessStatus process = proc.status(ProcFs.SELF);
        Runtime runtime = Runtime.getRuntime();
        long heap = status.regions().contains(Region.HEAP) ? runtime.maxMemory() : 0;
        long besideHeap = Math.max(0, process.vmRssBytes() - viewedBytes - runtime.totalMemory());
        return new OutgrowWarning(heap + besideHeap, cgroup, memory.totalBytes());
    }

    /**
     * The warning.
     *
     * @return null if there is room
     */
    String text() {
        boolean cgroup = cgroupBytes >= 0 && (hostBytes < 0 || cgroupBytes < hostBytes);
        long there = cgroup ? cgroupBytes : hostBytes;
        if (there < 0 || atMostBytes <= there) {
            return null;
        }
        return "warning: what is locked can grow to " + Bytes.text(atMostBytes) + " (largest heap, and what else is"
                + " resident now), but " + (cgroup ? "the memory cgroup allows " : "the host has ") + Bytes.text(there)
                + ": locked memory cannot be reclaimed, so the OOM killer would end this JVM; lower -Xmx or "
                + (cgroup ? "raise the limit of the container" : "add memory");
    }
}
