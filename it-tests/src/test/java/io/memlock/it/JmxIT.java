// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.apps.PlatformServerApp;
import io.memlock.it.apps.ThreadsApp;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.Strace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.TabularData;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators read over JMX: the numbers are those of the kernel, and each says what it is. */
class JmxIT {

    private static final String[] ATTRIBUTES = {
        "Mode",
        "Strategy",
        "Exclude",
        "Mapped",
        "Selection",
        "State",
        "StateCode",
        "States",
        "VerifiedAgeMillis",
        "PrefaultState",
        "LockedBytes",
        "LockedBytesAgeMillis",
        "ChargedBytes",
        "ResidentBytes",
        "SwappedBytes",
        "Coverage",
        "MajorFaults",
        "LimitBytes",
        "HeadroomBytes",
        "PageSizeBytes",
        "Regions",
        "OffHeap",
        "OffHeapByClass",
        "RelockCount",
        "FailureCount",
        "LastFailure",
        "LastScanMillis",
        "Version"
    };

    /** The JVM goes on living between our reading and its own. */
    private static final Offset<Long> BETWEEN_TWO_READINGS = within(24L << 20);

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @EachJdk
    @SideBySide
    void numbersAreThoseOfTheKernel(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("")
                .flags("-Xms64m", "-Xmx512m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.ask("grow 100");
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();

                assertThat(client.get("Mode")).isEqualTo("all");
                assertThat(client.get("Strategy")).asString().isEqualToIgnoringCase("future");
                assertThat(client.get("State")).hasToString("LOCKED");
                assertThat(client.getLong("LimitBytes")).isEqualTo(-1);
                assertThat(client.getLong("PageSizeBytes")).isEqualTo(Long.parseLong(pageSize()));
                assertThat(client.get("Version")).isEqualTo(System.getProperty("memlock.agent.version"));
                eventually(() -> assertLikeTheKernels(client, jvm.pid()));
            }
        }
    }

    /** From 512 MiB on the agent does not read smaps, which would stall the JVM; what it counts instead must be the same. */
    @EachJdk
    @SideBySide
    void numbersOfALargeJvmAreThoseOfTheKernelToo(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("")
                .flags("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch", "-XX:+UseG1GC")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                eventually(() -> assertLikeTheKernels(client, jvm.pid()));
                assertThat(client.getLong("ResidentBytes")).isGreaterThan(1L << 30);
            }
        }
    }

    /** Without this a scan that the kernel refuses is read entry by entry, and nobody notices but the CPU. */
    @EachJdk
    @SideBySide
    void aScanOfALargeJvmTakesRunsOfPagesWhereTheKernelFindsThem(Jdk jdk) throws Exception {
        Strace.require();
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("")
                .flags("-Xms600m", "-Xmx600m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            try (JmxClient client = JmxClient.attach(jvm.pid());
                    Strace strace = Strace.attach(jvm.pid(), "ioctl,pread64")) {
                client.awaitMemoryLock();
                long traced = System.nanoTime();
                eventually(() -> {
                    client.invoke("refresh");
                    long tracedMillis =
                            Duration.ofNanos(System.nanoTime() - traced).toMillis();
                    assertThat(client.getLong("LockedBytesAgeMillis"))
                            .as("the age of a scan that was traced")
                            .isNotNegative()
                            .isLessThan(tracedMillis);
                });
                List<String> calls = strace.callsExceptOf("nobody").stream()
                        .filter(call -> call.contains("/pagemap>"))
                        .toList();
                assertThat(calls).isNotEmpty();
                if (Machine.isKernelAtLeast(6, 7)) {
                    assertThat(calls).anyMatch(call -> call.contains("ioctl(") && !call.contains("= -1"));
                    assertThat(calls.stream().filter(call -> call.contains("pread64(")))
                            .as("entries of files alone are read: 600 MiB of heap are 600 readings")
                            .hasSizeLessThan(500);
                } else {
                    assertThat(calls).anyMatch(call -> call.contains("pread64("));
                }
            }
        }
    }

    @EachJdk
    @SideBySide
    void headroomIsWhatTheContainerHasLeft(Jdk jdk) throws Exception {
        long limit = 400L << 20;
        try (MemoryCgroup cgroup = MemoryCgroup.withLimit(limit);
                ForkedJvm jvm = ForkedJvm.on(jdk)
                        .wrapper(cgroup.wrapper())
                        .agent("")
                        .flags("-XX:+UseSerialGC", "-Xms32m", "-Xmx256m")
                        .main(HeapApp.class)
                        .start()) {
            jvm.awaitLine("ready");
            try (JmxClient client = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
                for (String growth : List.of("grow 1", "grow 100")) {
                    jvm.ask(growth);
                    eventually(() -> assertThat(client.getLong("HeadroomBytes"))
                            .isCloseTo(limit - ProcStatus.of(jvm.pid()).anonymousBytes(), BETWEEN_TWO_READINGS));
                }
            }
        }
    }

    private static void assertLikeTheKernels(JmxClient client, long pid) throws Exception {
        client.invoke("refresh");
        Smaps smaps = Smaps.of(pid);
        ProcStatus status = ProcStatus.of(pid);
        assertThat(client.getLong("LockedBytes"))
                .as("LockedBytes")
                .isCloseTo(smaps.lockedBytes(), BETWEEN_TWO_READINGS);
        assertThat(client.getLong("ResidentBytes"))
                .as("ResidentBytes")
                .isCloseTo(status.residentBytes(), BETWEEN_TWO_READINGS);
        assertThat(client.getLong("ChargedBytes"))
                .as("ChargedBytes")
                .isCloseTo(status.chargedBytes(), within(256L << 20));
        assertThat(client.getLong("ChargedBytes"))
                .as("charged and locked bytes differ")
                .isGreaterThan(client.getLong("LockedBytes"));
        assertThat(client.getLong("SwappedBytes")).isEqualTo(status.swappedBytes());
        assertThat(client.getLong("MajorFaults")).isLessThanOrEqualTo(status.majorFaults());
        assertThat(client.getLong("LockedBytesAgeMillis")).isNotNegative();
        assertThat(client.getLong("FailureCount")).isZero();
        assertThat(client.get("Coverage")).isEqualTo(1.0);
        assertRegionsAddUp(client);
    }

    private static void assertRegionsAddUp(JmxClient client) throws Exception {
        Object regions = client.get("Regions");
        Stream<CompositeData> rows = regions instanceof TabularData table
                ? table.values().stream().map(CompositeData.class::cast)
                : Arrays.stream((CompositeData[]) regions);
        long locked = rows.mapToLong(row -> ((Number) row.get("lockedBytes")).longValue())
                .sum();
        assertThat(locked).as("sum of the regions").isCloseTo(client.getLong("LockedBytes"), BETWEEN_TWO_READINGS);
    }

    /** What exports metrics reads numbers of MBeans, and no tables. */
    @EachJdk
    @SideBySide
    void eachRegionHasAnMBeanWithTheNumbersOfItsRow(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("exclude=mapped+libs")
                .flags("-Xmx64m")
                .main(ThreadsApp.class)
                .start()) {
            jvm.awaitLine("ready");
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                eventually(() -> assertRegionsAreRows(client));
                assertThat(client.ofRegion("heap", "Selected")).containsEntry("Selected", true);
                assertThat(client.ofRegion("libs", "Selected")).containsEntry("Selected", false);
                assertThat((double) client.ofRegion("heap", "Coverage").get("Coverage"))
                        .isEqualTo(1.0);
                assertThat(client.ofRegion("shm", "Coverage"))
                        .as("of nothing there is no coverage")
                        .containsEntry("Coverage", null);
                MBeanInfo info = client.infoOfRegion("heap");
                assertThat(info.getAttributes()).hasSize(8).allSatisfy(JmxIT::assertDescribed);
                assertThat(info.getOperations()).isEmpty();

                client.invoke("lock", "mode=heap");
                assertThat(client.ofRegion("code", "Selected")).containsEntry("Selected", false);
                assertThat(client.invoke("lock", "mode=none").toString()).contains("UNLOCKED");
            }
        }
    }

    /** Fails while a new scan comes in between. */
    private static void assertRegionsAreRows(JmxClient client) throws Exception {
        CompositeData[] rows = (CompositeData[]) client.get("Regions");
        assertThat(rows).hasSizeGreaterThan(8);
        for (CompositeData row : rows) {
            Map<String, Object> bean = client.ofRegion(
                    (String) row.get("region"), "LockedBytes", "ResidentBytes", "SwappedBytes", "CommittedBytes");
            assertThat(bean)
                    .containsEntry("LockedBytes", row.get("lockedBytes"))
                    .containsEntry("ResidentBytes", row.get("residentBytes"))
                    .containsEntry("SwappedBytes", row.get("swappedBytes"))
                    .containsEntry("CommittedBytes", row.get("committedBytes"));
        }
    }

    @Test
    @SideBySide
    void followsTheHeap() throws Exception {
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent("")
                .flags("-XX:+UseSerialGC", "-Xms64m", "-Xmx512m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                client.invoke("refresh");
                long before = client.getLong("LockedBytes");

                jvm.ask("grow 300");

                client.invoke("refresh");
                eventually(() -> assertThat(client.getLong("LockedBytes")).isGreaterThan(before + (200 << 20)));
            }
        }
    }

    @Test
    @SideBySide
    void everythingHasADescription() throws Exception {
        try (ForkedJvm jvm =
                ForkedJvm.on(Jdk.current()).agent("").main(ThreadsApp.class).start()) {
            jvm.awaitLine("ready");
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                MBeanInfo info = client.info();

                assertThat(info.getDescription()).contains(" ");
                assertThat(info.getAttributes())
                        .extracting(MBeanFeatureInfo::getName)
                        .containsExactlyInAnyOrder(ATTRIBUTES);
                assertThat(info.getOperations())
                        .extracting(MBeanFeatureInfo::getName)
                        .containsExactlyInAnyOrder(
                                "refresh", "lock", "unlock", "diagnose", "countSegments", "sampleOffHeap");
                assertThat(info.getAttributes()).allSatisfy(JmxIT::assertDescribed);
                assertThat(info.getOperations()).allSatisfy(JmxIT::assertDescribed);
                for (MBeanOperationInfo operation : info.getOperations()) {
                    assertThat(operation.getSignature()).allSatisfy(JmxIT::assertDescribed);
                    assertThat(operation.getImpact()).as(operation.getName()).isNotEqualTo(MBeanOperationInfo.UNKNOWN);
                }
                assertThat(info.getNotifications()).isNotEmpty().allSatisfy(JmxIT::assertDescribed);
                assertThat((CompositeData[]) client.get("Regions"))
                        .isNotEmpty()
                        .allSatisfy(row -> assertDescribed(row.getCompositeType()));
            }
        }
    }

    /** A sentence: not empty, and not the name again, which is what the JDK fills in. */
    private static void assertDescribed(MBeanFeatureInfo feature) {
        assertThat(feature.getDescription()).as(feature.getName()).contains(" ").isNotEqualTo(feature.getName());
    }

    private static void assertDescribed(CompositeType type) {
        assertThat(type.keySet()).contains("region", "mappings", "lockedBytes");
    }

    @Test
    @SideBySide
    void isThereForAClientOnAPort() throws Exception {
        int port = JmxClient.freePort();
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent("")
                .flags(JmxClient.remoteFlags(port))
                .main(ThreadsApp.class)
                .start()) {
            jvm.awaitLine("ready");
            try (JmxClient client = JmxClient.connect(port)) {
                client.awaitMemoryLock();
                eventually(() -> assertThat(client.getLong("LockedBytes")).isPositive());
            }
        }
    }

    /** The server fixes the LogManager when it is made, so the agent waits until somebody else makes it. */
    @Test
    @SideBySide
    void comesWhenTheApplicationMakesTheServer() throws Exception {
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent("")
                .main(PlatformServerApp.class)
                .start()) {
            jvm.awaitLine("ready");
            assertThat(jvm.ask("made")).isEqualTo("false");
            jvm.ask("make");
            eventually(() -> assertThat(jvm.ask("registered")).isEqualTo("true"));
        }
    }

    /** They are some three hundred; most JVMs on a host are never asked. */
    @EachJdk
    @SideBySide
    void loadsTheClassesOfItsBeansOnlyOnceTheServerIsThere(Jdk jdk, @TempDir Path directory) throws Exception {
        Path log = directory.resolve("classes");
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("")
                .flags("-Xlog:class+load:file=" + log + "::filecount=0")
                .main(PlatformServerApp.class)
                .start()) {
            jvm.awaitLine("ready");
            // What the reporter does next, once it has seen to the beans.
            eventually(() -> assertThat(log).content().contains("io.memlock.report.OutgrowWarning"));
            assertThat(log).content().doesNotContain("com.sun.jmx.mbeanserver", "io.memlock.jmx.MemoryLockBean");

            jvm.ask("make");
            eventually(() -> assertThat(jvm.ask("registered")).isEqualTo("true"));
            assertThat(log).content().contains("com.sun.jmx.mbeanserver", "io.memlock.jmx.MemoryLockBean");
        }
    }

    @Test
    @SideBySide
    void canBeSwitchedOff() throws Exception {
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent("jmx=off")
                .main(ThreadsApp.class)
                .start()) {
            jvm.awaitLine("ready");
            // Up as soon as an agent with JMX, started after it, is.
            try (JmxClient client = JmxClient.attach(jvm.pid());
                    ForkedJvm other = ForkedJvm.on(Jdk.current())
                            .agent("")
                            .main(ThreadsApp.class)
                            .start()) {
                other.awaitLine("ready");
                try (JmxClient otherClient = JmxClient.attach(other.pid())) {
                    otherClient.awaitMemoryLock();
                }
                assertThat(client.hasMemoryLock()).isFalse();
                assertThat(client.names()).isEmpty();
            }
        }
    }

    private static String pageSize() {
        return Commands.succeed("getconf", "PAGESIZE").trim();
    }
}
