// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.bootstrap.AgentThread;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.manners.HeapRoom;
import io.memlock.manners.OwnPermissions;
import io.memlock.memory.Bytes;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import io.memlock.process.ThisProcess;
import io.memlock.report.ProcessNumbers;
import io.memlock.report.RegionReport;
import io.memlock.state.LockStatus;
import java.io.IOException;

/**
 * Prints what was locked when the JVM ends, if it has lived long enough for a scan. The JVM waits for its shutdown
 * hooks. So this hook prints nothing where the heap is full or nobody reads standard error. If its thread cannot be
 * started, the application's hooks still run.
 */
final class EndLine implements Runnable {

    private static final int STDERR = 2;
    private static final int AT_ONCE = 0;

    private final MemoryLock lock;
    private final ThisProcess process;
    private final Log log;
    private boolean isDue;
    private volatile long mostLockedBytes;

    /** Says nothing until {@link #saw} is called. */
    EndLine(MemoryLock lock, ThisProcess process, Log log) {
        this.lock = lock;
        this.process = process;
        this.log = log;
    }

    /**
     * Takes notice of a scan. The reporter's thread calls it about once a second, and so does who has changed the lock: the next
     * change may come before the reporter.
     */
    void saw(RegionReport report) {
        LockStatus status = lock.status();
        mostLockedBytes = Math.max(mostLockedBytes, report.selected(status).lockedBytes());
        if (!isDue && !status.regions().isEmpty() && HeapRoom.isThere()) {
            isDue = true;
            becomeDue();
        }
    }

    private void becomeDue() {
        try {
            boolean isRead = isStandardErrorRead(); // once in vain, as is the text: what they need is loaded now
            String trial = "the last line will be like this: " + text() + (isRead ? "" : " (nobody reads this now)");
            Runtime.getRuntime().addShutdownHook(AgentThread.atEnd(OwnPermissions.of(this), "memlock-last"));
            log.debug(trial);
        } catch (IOException | IllegalStateException | SecurityException e) {
            log.debug("there will be no last line when the JVM ends: " + e.getMessage());
        }
    }

    @Override
    public void run() {
        try {
            if (HeapRoom.isThere() && isStandardErrorRead()) {
                log.info(text());
            }
        } catch (IOException | RuntimeException | Error e) {
            // Then it is not said. The JVM ends.
        }
    }

    /** Returns whether somebody reads standard error. Under a filter that is new this is not asked: it may end the JVM. */
    private boolean isStandardErrorRead() {
        return !process.hasNewFilter() && process.libc().poll(new int[] {STDERR, Linux.POLLOUT}, 1, AT_ONCE) == 1;
    }

    private String text() throws IOException {
        LockStatus status = lock.status();
        long majorFaults = ProcessNumbers.of(process.files(), ProcFs.SELF).majorFaults();
        return "the JVM ends: " + status.state() + " (" + status.describe() + "), locked at the most "
                + Bytes.text(mostLockedBytes) + ", relocks: " + status.relockCount() + ", major faults: "
                + (majorFaults < 0 ? "not known" : majorFaults);
    }
}
