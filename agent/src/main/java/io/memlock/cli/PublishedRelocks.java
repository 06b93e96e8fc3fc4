// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.jvmstat.PerfData;
import io.memlock.jvmstat.RelockCounter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the agent in a JVM had to lock again, as it publishes it among the JVM's performance counters. */
final class PublishedRelocks {

    private static final String DIRECTORY = "hsperfdata_";

    private final Path file;

    private PublishedRelocks(Path file) {
        this.file = file;
    }

    /** Finds where a JVM publishes. It may not do so, or not yet: then there is nothing to tell. */
    static PublishedRelocks of(ProcDirectory proc, long pid) {
        try {
            String path = proc.mappedFile(pid, DIRECTORY);
            // The path is the JVM's own: in a container it leads elsewhere from here.
            return new PublishedRelocks(path == null ? null : proc.of(pid).resolve("root" + path));
        } catch (IOException ended) {
            return new PublishedRelocks(null);
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
            return file == null ? Numbers.UNKNOWN : PerfData.counter(Files.readAllBytes(file), RelockCounter.NAME);
        } catch (IOException e) {
            return Numbers.UNKNOWN;
        }
    }
}
