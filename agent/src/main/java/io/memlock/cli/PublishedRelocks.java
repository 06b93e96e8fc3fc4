// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.jvmstat.PerfData;
import io.memlock.jvmstat.RelockCounter;
import java.io.IOException;

/** What the agent in a JVM had to lock again, as it publishes it among the JVM's performance counters. */
final class PublishedRelocks {

    private static final String DIRECTORY = "hsperfdata_";

    /** 32 KiB unless the JVM was started with -XX:PerfDataMemorySize. */
    private static final int LONGEST = 16 << 20;

    private final ProcDirectory proc;
    private final long pid;
    private final String file;

    private PublishedRelocks(ProcDirectory proc, long pid, String file) {
        this.proc = proc;
        this.pid = pid;
        this.file = file;
    }

    /** Finds where a JVM publishes. It may not do so, or not yet: then there is nothing to tell. */
    static PublishedRelocks of(ProcDirectory proc, long pid) {
        try {
            return new PublishedRelocks(proc, pid, proc.mappedFile(pid, DIRECTORY));
        } catch (IOException ended) {
            return new PublishedRelocks(proc, pid, null);
        }
    }

    /**
     * Reads one file of some ten kilobytes.
     *
     * @return -1 if it is not published: no agent, or a JVM with {@code -XX:-UsePerfData} or {@code
     *     -XX:+PerfDisableSharedMem}
     */
    long now() {
        try {
            return file == null ? Numbers.UNKNOWN : PerfData.counter(bytes(), RelockCounter.NAME);
        } catch (IOException e) {
            return Numbers.UNKNOWN;
        }
    }

    /** The path is the JVM's own: in a container it leads elsewhere from here. */
    private byte[] bytes() throws IOException {
        return proc.files().seenBy(Long.toString(pid), file, LONGEST);
    }
}
