// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A thread of another process. It may end at any moment: then reading of it fails. proc(5)
 *
 * @param directory {@code /proc/PID/task/ID}
 */
public record ProcTask(Path directory) {

    /** How the names of the agent's threads begin. */
    private static final String AGENT = "memlock-";

    /** Lists those of a process. */
    public static List<ProcTask> of(long pid) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return tasks.map(ProcTask::new).toList();
        }
    }

    /** One of a process. */
    public static ProcTask of(long pid, long id) {
        return new ProcTask(Path.of("/proc/" + pid + "/task/" + id));
    }

    /** Its name, cut to 15 bytes; "" if it has ended. */
    public String name() {
        try {
            return read("comm").strip();
        } catch (IOException ended) {
            return "";
        }
    }

    /** Whether it is one of the agent's. */
    public boolean isAgents() {
        return name().startsWith(AGENT);
    }

    /** Whether this kernel tells {@link #cpuNanos}: CONFIG_SCHED_INFO. */
    public boolean tellsCpuNanos() {
        return Files.isReadable(directory.resolve("schedstat"));
    }

    /** Time on a CPU, the first number of {@code schedstat}: {@code stat} counts in hundredths of a second. */
    public long cpuNanos() throws IOException {
        return Long.parseLong(read("schedstat").split(" ", 2)[0]);
    }

    /** A number of {@code stat}, by its place in proc(5). */
    public long stat(int field) throws IOException {
        return Long.parseLong(ProcStatus.statFields(read("stat")).get(field - ProcStatus.FIRST_FIELD));
    }

    /** Whether it waits for something, and would be woken by a signal. */
    public boolean sleeps() {
        try {
            return ProcStatus.statFields(read("stat")).get(0).equals("S");
        } catch (IOException ended) {
            return false;
        }
    }

    private String read(String file) throws IOException {
        return Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1);
    }
}
