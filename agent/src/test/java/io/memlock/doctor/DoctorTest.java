// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static io.memlock.doctor.ExaminedJvmBuilder.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.doctor.Finding.Severity;
import io.memlock.fake.CountedFiles;
import io.memlock.hotspot.JvmFlags;
import io.memlock.jvms.JavaCommand;
import io.memlock.jvms.Jvm;
import io.memlock.options.OptionParser;
import io.memlock.proc.ProcFs;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** All checks together, on a captured machine. */
class DoctorTest extends OnCapturedHost {

    @Test
    void everyCheckHasAFinding() throws Exception {
        assertThat(examine(new ExaminedJvmBuilder(), "mode=all").findings())
                .extracting(Finding::id)
                .containsExactly(
                        "lock",
                        "privilege",
                        "limit",
                        "user-namespace",
                        "seccomp",
                        "attach",
                        "library-place",
                        "jdk",
                        "heap-size",
                        "prefault",
                        "need",
                        "host-ram",
                        "memory-cgroup",
                        "allocator",
                        "swap",
                        "protection",
                        "oom-killer",
                        "kernel",
                        "mappings",
                        "compaction",
                        "numa-balancing",
                        "huge-pages");
        assertThat(examine(new ExaminedJvmBuilder().zgc(), "prefault=heap").findings())
                .extracting(Finding::id)
                .contains("zgc", "prefault-room");
    }

    @Test
    void oneFailureIsEnough() throws Exception {
        assertThat(examine(new ExaminedJvmBuilder(), "mode=all").canLock()).isTrue();
        assertThat(examine(new ExaminedJvmBuilder().limited(8 * MIB), "mode=heap")
                        .canLock())
                .as("a warning is no failure")
                .isTrue();
        assertThat(examine(new ExaminedJvmBuilder().limited(0), "mode=heap").canLock())
                .isFalse();
        assertThat(examine(new ExaminedJvmBuilder().options("-Xrs"), "mode=heap")
                        .canLock())
                .isFalse();
        host.put("sys/fs/cgroup/memory/memory.usage_in_bytes", 64 * MIB + "\n");
        host.put("sys/fs/cgroup/memory/memory.limit_in_bytes", 64 * MIB + "\n");
        assertThat(examine(new ExaminedJvmBuilder().status("VmRSS:.*", "VmRSS:\t0 kB"), "prefault=heap")
                        .canLock())
                .as("no room for prefault")
                .isFalse();
    }

    @Test
    void anOldKernelIsToldToTheLock() throws Exception {
        host.put("proc/sys/kernel/osrelease", "3.10.0\n");

        assertThat(examine(new ExaminedJvmBuilder(), "strategy=future").canLock())
                .isFalse();
    }

    /** As {@code auto} chooses: the agent said "rescan" where the doctor had said "born locked". */
    @Test
    void nothingIsBornLockedWhereLittleIsLeftForFiles() throws Exception {
        host.put("sys/fs/cgroup/memory/memory.limit_in_bytes", 512 * MIB + "\n");

        assertThat(heapSize("mode=all")).contains("a moment after");
        assertThat(heapSize("exclude=nothing")).contains("born locked");
        assertThat(heapSize("strategy=future")).contains("born locked");

        host.put("sys/fs/cgroup/memory/memory.limit_in_bytes", 4096 * MIB + "\n");
        assertThat(heapSize("mode=all")).contains("born locked");
    }

    private String heapSize(String options) throws Exception {
        return examine(new ExaminedJvmBuilder().options("-Xms4m"), options).findings().stream()
                .filter(finding -> finding.id().equals("heap-size"))
                .findFirst()
                .orElseThrow()
                .evidence();
    }

    @Test
    void theLastLineIsTheConclusion() throws Exception {
        assertThat(last(new ExaminedJvmBuilder())).isEqualTo("locking works");
        assertThat(last(new ExaminedJvmBuilder().limited(8 * MIB)))
                .isEqualTo("locking works, but something else may go wrong: see WARN");
        assertThat(last(new ExaminedJvmBuilder().limited(0)))
                .isEqualTo("not all that is selected can be locked and kept locked: see FAIL");
    }

    @Test
    void remediesStandBelowWhatTheyAreFor() {
        Examination examination = new Examination(
                "JVM 1",
                0,
                0,
                List.of(new Finding("lock", Severity.FAIL, "two\nlines", "# do\nthis"), Finding.ok("b", "c")));

        assertThat(examination.lines(true, 80))
                .containsExactly(
                        "JVM 1",
                        "FAIL  lock               two",
                        "                         lines",
                        "      to fix:",
                        "      # do",
                        "      this",
                        "OK    b                  c",
                        "not all that is selected can be locked and kept locked: see FAIL");
    }

    @Test
    void theWorstComesFirstAndWhatIsFineOnlyOnRequest() throws Exception {
        Examination examination = new Examination(
                "JVM 1", 0, 0, List.of(Finding.ok("a", "b"), Finding.note("c", "d"), Finding.fail("e", "f", "")));

        assertThat(examination.lines(false, 80))
                .containsExactly(
                        "JVM 1",
                        "FAIL  e                  f",
                        "NOTE  c                  d",
                        "OK    1 check; --verbose shows details",
                        "not all that is selected can be locked and kept locked: see FAIL");
    }

    @Test
    void nothingIsWiderThanTheTerminalButACommandToType() throws Exception {
        for (String options : List.of("mode=all", "mode=heap", "mode=heap,strategy=future", "prefault=heap")) {
            Examination examination =
                    examine(new ExaminedJvmBuilder().limited(8 * MIB).zgc(), options);

            assertThat(examination.lines(true, 80)).allMatch(line -> line.length() <= 80);
        }
    }

    @Test
    void asDataItHasTheSameInFields() throws Exception {
        Map<String, Object> data =
                examine(new ExaminedJvmBuilder().limited(0), "mode=heap").data();

        assertThat(data.keySet()).containsExactly("subject", "canLock", "neededBytes", "atMostBytes", "findings");
        assertThat(data)
                .containsEntry("subject", "JVM 17258: the systemd unit kafka.service, user kafka")
                .containsEntry("canLock", false)
                .containsEntry("neededBytes", 4 * MIB)
                .containsEntry("atMostBytes", 64 * MIB);
        Map<?, ?> lock = (Map<?, ?>) ((List<?>) data.get("findings")).get(0);
        assertThat(lock.get("check")).isEqualTo("lock");
        assertThat(lock.get("verdict")).isEqualTo("fail");
        assertThat(lock.get("evidence").toString()).contains("does not fit");
        assertThat(lock.get("remedy").toString()).contains("LimitMEMLOCK");
    }

    @Test
    void aJvmThatCannotBeAttachedToKeepsThePromiseWhereTheAgentIsInIt() throws Exception {
        ExaminedJvmBuilder examined = new ExaminedJvmBuilder().options("-XX:+DisableAttachMechanism");

        assertThat(attach(examined).severity()).isEqualTo(Severity.FAIL);
        assertThat(attach(examined).remedy()).contains("-javaagent:");
        assertThat(attach(examined.withAgent()).severity()).isEqualTo(Severity.NOTE);
    }

    @Test
    void whetherAJvmCanBeAttachedToIsNotKnownWhereItsFlagsAreNot() throws Exception {
        assertThat(attach(new ExaminedJvmBuilder()).severity()).isEqualTo(Severity.OK);
        assertThat(attach(new ExaminedJvmBuilder().flagsUnknown()))
                .isEqualTo(Finding.note(
                        "attach", "nothing is known to prevent it; some of the JVM's flags cannot be read"));
    }

    /** It examines the JVM of the tests, for which all checks have something to read. */
    @Test
    void readsTheMappingsOfAnotherJvmOnce() throws Exception {
        CountedFiles files = new CountedFiles();
        long pid = ProcessHandle.current().pid();
        Jvm jvm = new Jvm(pid, 0, new JavaCommand("java", new JvmFlags(List.of())), false, 0);

        new Doctor(new ProcFs().openedBy(files)).examine(jvm, OptionParser.parse("mode=heap"));

        assertThat(files.count("/" + pid + "/maps")).isEqualTo(1);
    }

    private Finding attach(ExaminedJvmBuilder examined) throws Exception {
        return examine(examined, "mode=heap").findings().stream()
                .filter(finding -> finding.check().equals("attach"))
                .findFirst()
                .orElseThrow();
    }

    private String last(ExaminedJvmBuilder examined) throws Exception {
        List<String> lines = examine(examined, "mode=heap").lines(false, 80);
        return lines.get(lines.size() - 1);
    }

    private Examination examine(ExaminedJvmBuilder examined, String options) throws Exception {
        ExaminedJvm built = examined.build();
        return new Doctor(host.proc())
                .examine(
                        "JVM 17258: ",
                        built,
                        OptionParser.parse(options),
                        Attachability.forbidden(built.flags(), false));
    }
}
