// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.Wrappers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code doctor} on JVMs that run. Its verdict is right if attaching with the same options then achieves just that. */
class DoctorIT {

    private static final long MIB = 1 << 20;
    private static final String NO_PID = "4194304"; // the kernel's largest is one less

    /**
     * A JVM in its place.
     *
     * @param name what is special
     * @param options of the agent
     * @param exitStatus of doctor and of attach
     * @param failing the check that fails, or ""
     * @param wrapper makes the place
     * @param flags of the JVM
     */
    record Row(String name, String options, int exitStatus, String failing, List<String> wrapper, List<String> flags) {

        @Override
        public String toString() {
            return name + ", " + options;
        }
    }

    static List<Arguments> rows() {
        List<String> nowhere = List.of();
        List<String> limited = limit(8 * MIB);
        List<String> small = List.of("-XX:+UseSerialGC", "-Xms4m", "-Xmx4m");
        List<String> large = List.of("-XX:+UseSerialGC", "-Xms16m", "-Xmx64m");
        List<Arguments> all = new ArrayList<>();
        for (Jdk jdk : Jdk.all()) {
            List<Row> rows = new ArrayList<>(List.of(
                    new Row("unlimited", "mode=all", 0, "", nowhere, large),
                    new Row("unlimited", "mode=heap,prefault=heap", 0, "", nowhere, large),
                    new Row("8 MiB, small heap", "mode=heap", 0, "", limited, small),
                    new Row("8 MiB, large heap", "mode=heap", 1, "lock", limited, large),
                    new Row("8 MiB, small heap", "mode=all", 1, "lock", limited, small),
                    new Row("8 MiB, small heap", "mode=heap,strategy=future", 1, "lock", limited, small),
                    new Row("8 MiB, small heap", "mode=metaspace+gc", 0, "", limited, small),
                    new Row(
                            "1 MiB, the agent's own classes do not fit",
                            "mode=metaspace",
                            1,
                            "lock",
                            limit(2 * MIB),
                            small),
                    new Row("limit 0", "mode=heap", 1, "lock", limit(0), small),
                    new Row("limit 0", "mode=none", 0, "", limit(0), small),
                    new Row(
                            "soft limit below the hard one",
                            "mode=heap",
                            0,
                            "",
                            under(List.of("prlimit", "--memlock=0:" + 8 * MIB), Wrappers.withoutIpcLock()),
                            small),
                    new Row(
                            "a user namespace",
                            "mode=heap",
                            1,
                            "lock",
                            List.of("prlimit", "--memlock=" + MIB + ":" + MIB, "unshare", "-Ur"),
                            small),
                    new Row(
                            "attaching forbidden",
                            "mode=heap",
                            1,
                            "attach",
                            nowhere,
                            List.of("-Xmx64m", "-XX:+DisableAttachMechanism")),
                    new Row(
                            "noexec and read-only places",
                            "mode=heap",
                            1,
                            "library-place",
                            Wrappers.privateMounts("for d in /tmp /var/tmp /dev/shm /run /root; do"
                                    + " mount --bind $d $d; mount -o remount,bind,ro $d; done"),
                            small)));
            if (jdk.collectors().contains(Collector.ZGC)) {
                List<String> zgc = List.of("-XX:+UseZGC", "-Xms32m", "-Xmx64m");
                rows.add(new Row("ZGC", "mode=heap", 0, "", nowhere, zgc));
                rows.add(new Row("ZGC under a limit", "mode=heap", 1, "zgc", limited, zgc));
                rows.add(new Row("ZGC with rescan", "mode=heap,strategy=rescan", 0, "", nowhere, zgc));
            }
            rows.forEach(row -> all.add(Arguments.of(row, jdk)));
        }
        return all;
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("rows")
    @SideBySide
    void theVerdictIsWhatAttachingThenAchieves(Row row, Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        Machine.requireDroppableIpcLock();
        Machine.requireMounts();
        try (ForkedJvm jvm = start(jdk, row.wrapper(), row.flags())) {
            Outcome doctor = memlock("doctor", pid(jvm), row.options(), "--json");
            long charged = ProcStatus.of(jvm.pid()).chargedBytes();
            Outcome attach = memlock("attach", pid(jvm), row.options());

            assertThat(charged).as("doctor locks nothing").isZero();
            assertThat(doctor.exitStatus()).as("%s", doctor).isEqualTo(row.exitStatus());
            assertThat(attach.exitStatus()).as("%s%n%s", attach, doctor).isEqualTo(row.exitStatus());
            List<String> failing = failing(json(doctor));
            if (row.failing().isEmpty()) {
                assertThat(failing).isEmpty();
            } else {
                assertThat(failing).contains(row.failing());
            }
        }
    }

    @EachJdk
    @SideBySide
    void anAgentThatIsThereAlreadyIsTakenIntoAccount(Jdk jdk) throws Exception {
        Machine.requireDroppableIpcLock();
        List<String> flags = List.of("-XX:+UseSerialGC", "-Xms6m", "-Xmx6m", "-XX:ReservedCodeCacheSize=6m");
        try (ForkedJvm jvm = start(jdk, limit(8 * MIB), flags)) {
            assertThat(memlock("attach", pid(jvm), "mode=heap").exitStatus()).isZero();
            assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isEqualTo(6 * MIB);

            // The heap is given back for the code: not the sum counts, but the larger.
            Outcome doctor = memlock("doctor", pid(jvm), "mode=code");
            Outcome attach = memlock("attach", pid(jvm), "mode=code");

            assertThat(doctor.exitStatus()).as("%s", doctor).isZero();
            assertThat(attach.exitStatus()).as("%s", attach).isZero();
            Outcome both = memlock("doctor", pid(jvm), "mode=heap+code+metaspace+libs");
            assertThat(both.exitStatus()).as("%s", both).isEqualTo(1);
            assertThat(memlock("attach", pid(jvm), "mode=heap+code+metaspace+libs")
                            .exitStatus())
                    .isEqualTo(1);
        }
    }

    @Test
    void jsonHasTheKeysThatAreDocumented() throws Exception {
        try (ForkedJvm jvm = start(Jdk.current(), List.of(), List.of("-Xmx64m"))) {
            JsonNode document = json(memlock("doctor", "--json", pid(jvm), "mode=heap"));

            assertThat(document.fieldNames())
                    .toIterable()
                    .containsExactly("schema", "pid", "subject", "canLock", "neededBytes", "atMostBytes", "findings");
            assertThat(document.get("schema").asInt()).isEqualTo(1);
            assertThat(document.get("pid").asLong()).isEqualTo(jvm.pid());
            assertThat(document.get("canLock").asBoolean()).isTrue();
            assertThat(document.get("atMostBytes").asLong()).isEqualTo(64 * MIB);
            for (JsonNode finding : document.get("findings")) {
                assertThat(finding.fieldNames()).toIterable().containsExactly("check", "verdict", "evidence", "remedy");
                assertThat(finding.get("check").asText()).matches("[a-z-]+");
                assertThat(finding.get("verdict").asText()).isIn("ok", "note", "warn", "fail");
                assertThat(finding.get("evidence").asText()).isNotEmpty();
            }
        }
        JsonNode here = json(memlock("doctor", "--json", "mode=none"));
        assertThat(here.get("pid").isNull()).isTrue();
    }

    @EachJdk
    @SideBySide
    void aCgroupTooSmallForTheHeapIsAWarning(Jdk jdk) throws Exception {
        try (MemoryCgroup cgroup = MemoryCgroup.withLimit(300 * MIB);
                ForkedJvm jvm = start(jdk, cgroup.wrapper(), List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx400m"))) {
            JsonNode tooSmall = finding(json(memlock("doctor", pid(jvm), "mode=heap", "--json")), "memory-cgroup");
            assertThat(tooSmall.get("verdict").asText()).isEqualTo("warn");
            assertThat(tooSmall.get("evidence").asText()).contains("at most 400.0 MiB, the limit is 300.0 MiB");

            cgroup.setLimitBytes(400 * MIB);

            assertThat(finding(json(memlock("doctor", pid(jvm), "mode=heap", "--json")), "memory-cgroup")
                            .get("verdict")
                            .asText())
                    .isEqualTo("ok");
        }
    }

    @Test
    void prefaultWithoutRoomIsForeseen() {
        Machine.requireUnlimitedLocking();
        List<String> flags = List.of("-XX:+UseSerialGC", "-Xms400m", "-Xmx400m");
        try (MemoryCgroup cgroup = MemoryCgroup.withLimit(300 * MIB);
                ForkedJvm jvm = start(Jdk.current(), cgroup.wrapper(), flags)) {
            Outcome doctor = memlock("doctor", pid(jvm), "mode=heap,prefault=heap");
            assertThat(doctor.exitStatus()).as("%s", doctor).isEqualTo(1);
            assertThat(doctor.stdout()).contains("FAIL  prefault room");

            Outcome attach = memlock("attach", pid(jvm), "mode=heap,prefault=heap");
            assertThat(attach.exitStatus()).as("%s", attach).isEqualTo(1);
            assertThat(attach.stderr()).contains("not prefaulted");
        }
    }

    @Test
    void withoutAPidItTriesInItsOwnJvm() {
        Machine.requireUnlimitedLocking();
        Machine.requireDroppableIpcLock();

        Outcome works = memlock("doctor", "--verbose");
        Outcome doesNot = Commands.run(command(limit(64 << 10), "doctor", "mode=heap"));

        assertThat(works.exitStatus()).as("%s", works).isZero();
        assertThat(works.stdout()).contains("OK    lock               tried and done");
        assertThat(works.stderr()).isEmpty();
        assertThat(memlock("doctor").stdout()).doesNotContain("OK    lock").endsWith("\n");
        assertThat(doesNot.exitStatus()).as("%s", doesNot).isEqualTo(1);
        assertThat(doesNot.stdout())
                .contains("FAIL  lock", "needed now", "to fix:")
                .contains("not all that is selected can be locked and kept locked: see FAIL");
    }

    @Test
    void saysWhatIsWrongWithAPid() throws Exception {
        Outcome gone = memlock("doctor", NO_PID);
        assertThat(gone.exitStatus()).isEqualTo(1);
        assertThat(gone.stderr()).contains("there is no process " + NO_PID);
        Process sleep = new ProcessBuilder("sleep", "60").start();
        try {
            Outcome noJvm = memlock("doctor", Long.toString(sleep.pid()));
            assertThat(noJvm.exitStatus()).isEqualTo(1);
            assertThat(noJvm.stderr()).contains("(sleep) is not a JVM");
        } finally {
            sleep.destroy();
        }
    }

    @Test
    void mistakesAreUsageErrors() {
        for (String[] arguments : new String[][] {
            {"mode=heep"}, {"1", "x", "2"}, {"99999999999999999999"}, {"-1"}, {"1", "mode=heap", "mode=code"}, {"--jsn"}
        }) {
            List<String> all = new ArrayList<>(List.of("doctor"));
            all.addAll(List.of(arguments));
            Outcome outcome = memlock(all.toArray(String[]::new));
            assertThat(outcome.exitStatus()).as("%s: %s", all, outcome).isEqualTo(2);
            assertThat(outcome.stdout()).isEmpty();
            assertThat(outcome.stderr()).isNotEmpty().doesNotContain("this is a bug");
        }
        assertThat(memlock("doctor", "mode=heep").stderr()).contains("did you mean 'heap'?");
    }

    private static List<String> limit(long bytes) {
        return under(Wrappers.memlockLimit(bytes), Wrappers.withoutIpcLock());
    }

    private static List<String> under(List<String> outer, List<String> inner) {
        List<String> both = new ArrayList<>(outer);
        both.addAll(inner);
        return both;
    }

    private static ForkedJvm start(Jdk jdk, List<String> wrapper, List<String> flags) {
        ForkedJvm jvm = ForkedJvm.on(jdk)
                .wrapper(wrapper)
                .flags(flags.toArray(String[]::new))
                .main(HeapApp.class)
                .start();
        jvm.awaitLine("ready");
        return jvm;
    }

    private static String pid(ForkedJvm jvm) {
        return Long.toString(jvm.pid());
    }

    private static List<String> failing(JsonNode document) {
        return StreamSupport.stream(document.get("findings").spliterator(), false)
                .filter(finding -> finding.get("verdict").asText().equals("fail"))
                .map(finding -> finding.get("check").asText())
                .toList();
    }

    private static JsonNode finding(JsonNode document, String check) {
        return StreamSupport.stream(document.get("findings").spliterator(), false)
                .filter(finding -> finding.get("check").asText().equals(check))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode json(Outcome outcome) throws Exception {
        return new ObjectMapper().readTree(outcome.stdout());
    }

    private static Outcome memlock(String... arguments) {
        return Memlock.run(Jdk.current(), arguments);
    }

    private static List<String> command(List<String> wrapper, String... arguments) {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(Memlock.command(Jdk.current(), arguments));
        return command;
    }
}
