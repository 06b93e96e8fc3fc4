// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static io.memlock.doctor.ExaminedJvmBuilder.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.doctor.Finding.Severity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JVM is in the cgroup {@code /app.slice/java} of a machine with version 2. */
class ReclaimOrderTest extends OnCapturedHost {

    private static final String PROCESS = "proc/" + CapturedHost.PID;
    private static final String OWN = "sys/fs/cgroup/app.slice/java/";
    private static final String ABOVE = "sys/fs/cgroup/app.slice/";

    @BeforeEach
    void addACgroup() {
        host.put(PROCESS + "/oom_score_adj", "0\n")
                .put(PROCESS + "/cgroup", "0::/app.slice/java\n")
                .put(PROCESS + "/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
                .put("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        for (String directory : new String[] {OWN, ABOVE}) {
            host.put(directory + "memory.max", "max\n").put(directory + "memory.current", "4096\n");
            host.put(directory + "memory.min", "0\n").put(directory + "memory.low", "0\n");
        }
        host.put("sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n");
    }

    @Test
    void nothingIsProtectedUnlessSomebodyAsks() {
        assertThat(find("protection")).isEqualTo(Finding.ok("protection", "neither memory.min nor memory.low"));
        host.put(PROCESS + "/cgroup", "0::/\n");
        assertThat(find("protection").evidence()).startsWith("neither");
    }

    @Test
    void theProtectionOfACgroupThatCannotBeSeenIsNotKnown() {
        host.put(PROCESS + "/cgroup", "0::/../neighbour\n");

        assertThat(find("protection").severity()).isEqualTo(Severity.NOTE);
        assertThat(find("protection").evidence()).startsWith("not known");
    }

    @ParameterizedTest
    @CsvSource({"memory.min", "memory.low"})
    void aCgroupAboveHasToGrantProtectionToo(String name) {
        host.put(OWN + name, 64 * MIB + "\n");
        assertThat(find("protection").severity()).isEqualTo(Severity.NOTE);
        assertThat(find("protection").evidence()).startsWith(name + "=64.0 MiB, but a parent cgroup grants 0");

        host.put(ABOVE + name, "max\n");
        assertThat(find("protection").severity()).isEqualTo(Severity.OK);
        assertThat(find("protection").evidence()).startsWith(name + "=64.0 MiB: ");
    }

    @ParameterizedTest
    @CsvSource({"0, OK", "-997, OK", "2, NOTE", "1000, NOTE"})
    void whoIsEndedFirstIsWorthKnowing(String adjustment, Severity severity) {
        host.put(PROCESS + "/oom_score_adj", adjustment + "\n");

        assertThat(find("OOM killer").severity()).isEqualTo(severity);
        assertThat(find("OOM killer").evidence()).startsWith("oom_score_adj=" + adjustment);
    }

    /** Memory alone makes a pod Burstable, and its locked JVM the first to be ended. */
    @Test
    void aPodIsSparedForCpuAndMemoryInAllContainers() {
        host.put(PROCESS + "/oom_score_adj", "984\n");

        assertThat(find("OOM killer").evidence()).contains("CPU and memory", "in all containers");
    }

    @Test
    void anAdjustmentThatCannotBeReadIsNotMadeUp() {
        host.remove(PROCESS + "/oom_score_adj");

        assertThat(find("OOM killer").severity()).isEqualTo(Severity.OK);
        assertThat(find("OOM killer").evidence()).isEqualTo("oom_score_adj=" + Settings.UNKNOWN);
    }

    private Finding find(String check) {
        return new ReclaimOrder(host.proc(), CapturedHost.PID)
                .findings().stream()
                        .filter(finding -> finding.check().equals(check))
                        .findFirst()
                        .orElseThrow();
    }
}
