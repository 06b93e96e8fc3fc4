// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.report;

import io.memlock.bench.Plan;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.Jdk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The machine a report was made on, and the versions. */
final class MachineText {

    private MachineText() {}

    /** By name. */
    static Map<String, String> describe() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kernel", System.getProperty("os.version") + " " + System.getProperty("os.arch"));
        facts.put("CPUs", Runtime.getRuntime().availableProcessors() + " x " + lineOf("/proc/cpuinfo", "model name"));
        facts.put("memory", lineOf("/proc/meminfo", "MemTotal"));
        facts.put("load at the end", first("/proc/loadavg"));
        facts.put("transparent huge pages", first("/sys/kernel/mm/transparent_hugepage/enabled"));
        facts.put("JDKs", Plan.jdks().stream().map(Jdk::toString).collect(Collectors.joining(", ")));
        facts.put("agent", commit());
        return facts;
    }

    private static String commit() {
        var git = Commands.run("git", "log", "-1", "--format=%h %s");
        return git.exitStatus() == 0 ? git.stdout().trim() : "unknown commit";
    }

    private static String lineOf(String file, String name) {
        return read(file)
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse("unknown");
    }

    private static String first(String file) {
        return read(file).lines().findFirst().orElse("unknown");
    }

    private static String read(String file) {
        try {
            return Files.isReadable(Path.of(file)) ? Files.readString(Path.of(file)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
