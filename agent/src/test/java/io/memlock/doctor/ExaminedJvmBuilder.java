// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.advice.Deployment;
import io.memlock.hotspot.JvmFlags;
import io.memlock.memory.Backing;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.proc.Fixture;
import io.memlock.proc.ProcessLimits;
import io.memlock.proc.ProcessStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM to examine: {@code status} and {@code limits} are captured ones (20 threads, 41 MB resident, a limit of 8 MiB that
 * CAP_IPC_LOCK lifts), its memory is a few round numbers: heap 4 of 64 MiB, code 2 of 240, metaspace 1, libs 3, native 1.
 */
final class ExaminedJvmBuilder {

    static final long MIB = 1 << 20;
    static final long HEAP = 0x1000_0000L;
    static final long CODE = 0x2000_0000L;
    static final long NATIVE = 0x6000_0000L;

    private final List<String> options = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>();
    private final List<Mapping> foreignLocks = new ArrayList<>();
    private String status = CapturedHost.captured("jdk17-g1/status");
    private ProcessLimits.Limit limit = ProcessLimits.parse(Fixture.cursor(CapturedHost.captured("jdk17-g1/limits")))
            .lockedMemory();
    private boolean userNamespace;
    private boolean hasAgent;
    private boolean areFlagsUnknown;
    private long heapMaxBytes = 64 * MIB;
    private long residentBytes = 3 * MIB;

    ExaminedJvmBuilder() {
        segment(Region.HEAP, HEAP, 4 * MIB, "rw", "");
        segment(Region.HEAP, HEAP + 4 * MIB, 60 * MIB, "", "");
        segment(Region.CODE, CODE, 2 * MIB, "rwx", "");
        segment(Region.CODE, CODE + 2 * MIB, 238 * MIB, "", "");
        segment(Region.METASPACE, 0x4000_0000L, MIB, "rw", "");
        segment(Region.LIBS, 0x5000_0000L, 3 * MIB, "rx", "/jdk/lib/server/libjvm.so");
        segment(Region.NATIVE, NATIVE, MIB, "rw", "");
        segment(Region.STACKS, 0x7000_0000L, 132 << 10, "rw", "[stack]");
    }

    ExaminedJvmBuilder options(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    ExaminedJvmBuilder flagsUnknown() {
        areFlagsUnknown = true;
        return this;
    }

    ExaminedJvmBuilder heapMax(long bytes) {
        heapMaxBytes = bytes;
        return this;
    }

    /** How much is in RAM of whatever regions are asked for. */
    ExaminedJvmBuilder resident(long bytes) {
        residentBytes = bytes;
        return this;
    }

    ExaminedJvmBuilder unprivileged() {
        return status("CapEff:\\s+[0-9a-f]+", "CapEff:\t000001fffeffbfff");
    }

    ExaminedJvmBuilder limited(long bytes) {
        limit = new ProcessLimits.Limit(bytes, bytes);
        return unprivileged();
    }

    ExaminedJvmBuilder limit(long soft, long hard) {
        limit = new ProcessLimits.Limit(soft, hard);
        return this;
    }

    ExaminedJvmBuilder withAgent() {
        hasAgent = true;
        return this;
    }

    ExaminedJvmBuilder inUserNamespace() {
        userNamespace = true;
        return this;
    }

    ExaminedJvmBuilder filtered() {
        return status("Seccomp:\\s+0", "Seccomp:\t2");
    }

    ExaminedJvmBuilder status(String regex, String by) {
        String replaced = status.replaceAll(regex, by);
        if (replaced.equals(status)) {
            throw new IllegalArgumentException("no " + regex);
        }
        status = replaced;
        return this;
    }

    /** As ZGC's: shared views of one memory file. */
    ExaminedJvmBuilder zgc() {
        segments.removeIf(segment -> segment.region() == Region.HEAP);
        return segment(Region.HEAP, HEAP, 4 * MIB, "rw", "/memfd:java_heap (deleted)");
    }

    /** As with -XX:+UseLargePages: so much of the heap is mapped in huge pages of hugetlbfs. */
    ExaminedJvmBuilder hugetlbHeap(long bytes) {
        segments.removeIf(segment -> segment.region() == Region.HEAP);
        Mapping mapping = new Mapping(
                HEAP, HEAP + bytes, true, true, false, false, 0, 7, "/anon_hugepage (deleted)", Backing.HUGETLB);
        segments.add(new Segment(HEAP, HEAP + bytes, Region.HEAP, Evidence.VM_STRUCTURE, mapping));
        return heapMax(bytes);
    }

    /** Its Java is at /jdk as it sees it, and below its root directory as we do. */
    ExaminedJvmBuilder inChroot(String root) {
        segments.removeIf(segment -> segment.region() == Region.LIBS);
        return segment(Region.LIBS, 0x5000_0000L, 3 * MIB, "rx", root + "/jdk/lib/server/libjvm.so");
    }

    ExaminedJvmBuilder lockedByOthers(long start, long bytes) {
        foreignLocks.add(mapping(start, bytes, "rw", ""));
        return this;
    }

    ExaminedJvmBuilder segment(Region region, long start, long bytes, String access, String path) {
        segments.add(
                new Segment(start, start + bytes, region, Evidence.MAPPING_NAME, mapping(start, bytes, access, path)));
        return this;
    }

    ExaminedJvm build() {
        Deployment deployment = new Deployment(
                Deployment.Kind.SYSTEM_SERVICE,
                "kafka.service",
                "",
                "",
                "",
                "kafka",
                1000,
                "",
                userNamespace,
                false,
                "/jdk",
                17258);
        return new ExaminedJvm(
                CapturedHost.PID,
                hasAgent,
                new JvmFlags(options, !areFlagsUnknown),
                heapMaxBytes,
                ProcessStatus.parse(Fixture.cursor(status)),
                limit,
                deployment,
                segments,
                regions -> residentBytes,
                foreignLocks);
    }

    private static Mapping mapping(long start, long bytes, String access, String path) {
        return new Mapping(
                start,
                start + bytes,
                access.contains("r"),
                access.contains("w"),
                access.contains("x"),
                path.startsWith("/memfd"),
                0,
                path.startsWith("/") ? 7 : 0,
                path,
                Backing.NONE);
    }
}
