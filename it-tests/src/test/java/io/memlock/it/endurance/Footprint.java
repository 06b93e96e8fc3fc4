// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.ProcTask;
import io.memlock.it.harness.Smaps;
import io.memlock.it.keeping.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM takes, and the agent in it.
 *
 * @param threads of the JVM
 * @param agentThreads those of the agent
 * @param descriptors open ones of the JVM
 * @param mappings of the JVM
 * @param nonHeapMib resident, but for the Java heap
 * @param agentClasses loaded
 * @param agentObjects instances on the Java heap of the agent's classes and its JNA's
 * @param agentObjectBytes what they take
 */
record Footprint(
        int threads,
        int agentThreads,
        int descriptors,
        int mappings,
        long nonHeapMib,
        int agentClasses,
        long agentObjects,
        long agentObjectBytes) {

    /** Threads of RMI, compilers and collectors come and go. */
    private static final int MORE_THREADS = 4;

    /** A file or a socket that is open just now. */
    private static final int MORE_DESCRIPTORS = 4;

    /** Stacks and malloc's arenas of more threads, more chunks of metaspace. */
    private static final int MORE_MAPPINGS = 60;

    /** Compiled code, and what malloc cannot give back while it is locked. */
    private static final long MORE_NON_HEAP_MIB = 24;

    /** Of something rare that happened for the first time. */
    private static final int MORE_CLASSES = 8;

    /** Of some thousand, which a scan or an answer that is under way has beside those that stay. */
    private static final int MORE_OBJECTS = 500;

    private static final long MORE_OBJECT_BYTES = 32 << 10;

    private static final Pattern OURS = Pattern.compile("io\\.memlock\\.(?!it\\.)|com\\.sun\\.jna\\.");

    /** Measures that of a JVM whose application has no JNA of its own; collects its garbage. */
    static Footprint of(ForkedJvm jvm, Jdk jdk) throws IOException {
        List<String> objects = ours(jdk.jcmd(jvm.pid(), "GC.class_histogram"));
        List<String> classes = ours(jdk.jcmd(jvm.pid(), "VM.class_hierarchy"));
        Truth truth = Truth.of(jvm, jdk);
        Smaps smaps = Smaps.of(jvm.pid());
        return new Footprint(
                ProcStatus.of(jvm.pid()).threads(),
                (int) ProcTask.of(jvm.pid()).stream().filter(ProcTask::isAgents).count(),
                descriptors(jvm.pid()),
                smaps.mappings().size(),
                smaps.mappings().stream()
                                .filter(entry -> !truth.isHeap(entry))
                                .mapToLong(Smaps.Entry::pss)
                                .sum()
                        >> 20,
                classes.size(),
                sumOfColumn(objects, 1),
                sumOfColumn(objects, 2));
    }

    /** The lines about the agent's classes. */
    private static List<String> ours(String text) {
        return text.lines().filter(line -> OURS.matcher(line).find()).toList();
    }

    /** Of a line as {@code 1: 2074 119392 [B (java.base@17)}. */
    private static long sumOfColumn(List<String> histogram, int column) {
        return histogram.stream()
                .mapToLong(line -> Long.parseLong(line.strip().split("\\s+", -1)[column]))
                .sum();
    }

    private static int descriptors(long pid) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return (int) descriptors.count();
        }
    }

    /** Checks that it is no larger than an earlier one, but for what comes and goes. */
    void assertNotGrownSince(Footprint earlier) {
        assertThat(threads).as("threads").isLessThanOrEqualTo(earlier.threads + MORE_THREADS);
        assertThat(agentThreads).as("threads of the agent").isLessThanOrEqualTo(earlier.agentThreads);
        assertThat(descriptors).as("descriptors").isLessThanOrEqualTo(earlier.descriptors + MORE_DESCRIPTORS);
        assertThat(mappings).as("mappings").isLessThanOrEqualTo(earlier.mappings + MORE_MAPPINGS);
        assertThat(nonHeapMib).as("MiB beside the heap").isLessThanOrEqualTo(earlier.nonHeapMib + MORE_NON_HEAP_MIB);
        assertThat(agentClasses).as("classes of the agent").isLessThanOrEqualTo(earlier.agentClasses + MORE_CLASSES);
        assertThat(agentObjects).as("objects of the agent").isLessThanOrEqualTo(earlier.agentObjects + MORE_OBJECTS);
        assertThat(agentObjectBytes)
                .as("bytes of objects of the agent")
                .isLessThanOrEqualTo(earlier.agentObjectBytes + MORE_OBJECT_BYTES);
    }
}
