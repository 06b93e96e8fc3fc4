// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.files.Cursor;
import io.memlock.files.ProcFormatException;
import io.memlock.os.Linux;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** status, stat and limits. */
class ProcessFilesTest {

    @Test
    void readsTheStatusOfAJvm() {
        ProcessStatus status = ProcessStatus.parse(Fixture.cursor(Fixture.text("jdk17-g1/status")));

        assertThat(status.name()).isEqualTo("java");
        assertThat(status.state()).isEqualTo("S");
        assertThat(status.tgid()).isPositive();
        assertThat(status.namespacePids()).containsExactly(status.tgid());
        assertThat(status.realUid()).isZero();
        assertThat(status.effectiveUid()).isZero();
        assertThat(status.vmLckBytes()).isZero();
        assertThat(status.rssAnonBytes() + status.rssFileBytes() + status.rssShmemBytes())
                .isEqualTo(status.vmRssBytes());
        assertThat(status.vmSwapBytes()).isZero();
        assertThat(status.threads()).isGreaterThan(10);
        assertThat(status.capEffective()).isEqualTo(0x1fffeffffffL);
        assertThat(status.has(Linux.CAP_IPC_LOCK)).isTrue();
        assertThat(status.seccompMode()).isZero();
        assertThat(status.hasFilter()).isFalse();
    }

    @Test
    void readsChargedBytes() {
        assertThat(ProcessStatus.parse(Fixture.cursor(Fixture.text("locked/status")))
                        .vmLckBytes())
                .isEqualTo(1408 << 10);
    }

    @Test
    void readsAStatusInAContainer() {
        ProcessStatus status = ProcessStatus.parse(
                Fixture.cursor("Name:\ta b)\\n\nUid:\t1000\t1001\t1002\t1003\nNSpid:\t4711\t12\t1\nSeccomp:\t2\n"));

        assertThat(status.name()).isEqualTo("a b)\\n");
        assertThat(status.realUid()).isEqualTo(1000);
        assertThat(status.effectiveUid()).isEqualTo(1001);
        assertThat(status.namespacePids()).containsExactly(4711L, 12L, 1L);
        assertThat(status.has(Linux.CAP_IPC_LOCK)).isFalse();
        assertThat(status.seccompMode()).isEqualTo(2);
        assertThat(status.hasFilter()).isTrue();
    }

    @Test
    void takesWhatAKernelThreadDoesNotHaveForUnknown() {
        ProcessStatus status = ProcessStatus.parse(Fixture.cursor("Name:\tkthreadd\nState:\tS (sleeping)\nTgid:\t2\n"));

        assertThat(status.vmRssBytes()).isEqualTo(-1);
        assertThat(status.vmSwapBytes()).isEqualTo(-1);
        assertThat(status.threads()).isEqualTo(-1);
        assertThat(status.seccompMode()).isEqualTo(-1);
        assertThat(status.hasFilter()).isFalse();
        assertThat(status.namespacePids()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"VmLck:\t 12", "VmLck:\t kB", "Uid:\t0", "CapEff:\txyz", "Tgid:\t1 2", "NSpid:\tx"})
    void refusesAMalformedStatus(String text) {
        assertThatThrownBy(() -> ProcessStatus.parse(new Cursor("status", text)))
                .isInstanceOf(ProcFormatException.class)
                .hasMessageStartingWith("status, line 1, column ");
    }

    @Test
    void readsTheCountersOfAProcess() {
        ProcessStat stat = ProcessStat.parse(
                Fixture.cursor("17258 (java) S 17168 17124 3160 0 -1 4194560 5571 11 3 12 50 6 0 0 20 0 "
                        + "21 0 460651 2911883264 10448 18446744073709551615 1 1 1 0 0\n"));

        assertThat(stat).isEqualTo(new ProcessStat(5571, 3, 460651));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tmux: server", "a) R 1 2 3 (b", ")", "(", "two\nlines", ""})
    void readsCountersWhateverTheName(String name) {
        ProcessStat stat = ProcessStat.parse(
                Fixture.cursor("1 (" + name + ") R 7 1 1 0 -1 4194560 2 3 4 5 6 7 8 9 20 0 10 0 11 12 13\n"));

        assertThat(stat).isEqualTo(new ProcessStat(2, 4, 11));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk17-g1", "jdk17-serial", "jdk25-g1", "jdk25-serial"})
    void readsTheCountersOfAJvm(String jvm) {
        ProcessStat stat = ProcessStat.parse(Fixture.cursor(Fixture.text(jvm + "/stat")));

        assertThat(stat.majorFaults()).isNotNegative();
        assertThat(stat.startTicks()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1 (java", "1 (java) S", "1 (java) S 1 2 3"})
    void refusesAMalformedStat(String text) {
        assertThatThrownBy(() -> ProcessStat.parse(Fixture.cursor(text))).isInstanceOf(ProcFormatException.class);
    }

    @Test
    void readsTheLimitsOfAJvm() {
        ProcessLimits limits = ProcessLimits.parse(Fixture.cursor(Fixture.text("jdk17-g1/limits")));

        assertThat(limits.lockedMemory()).isEqualTo(new ProcessLimits.Limit(8388608, 8388608));
        assertThat(limits.processes().soft()).isEqualTo(96365);
    }

    @Test
    void takesALimitTheKernelDoesNotPrintForUnlimited() {
        assertThat(ProcessLimits.parse(Fixture.cursor("")).lockedMemory()).isEqualTo(new ProcessLimits.Limit(-1, -1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Max locked memory  8388608", "Max locked memory  8388608 none"})
    void refusesMalformedLimits(String text) {
        assertThatThrownBy(() -> ProcessLimits.parse(Fixture.cursor(text))).isInstanceOf(ProcFormatException.class);
    }

    /** Printed by Linux 6.18 after 16 TiB of address space had been locked and unmapped. */
    @Test
    void aCounterThatWentBelowZeroIsUnknown() {
        ProcessStatus status =
                ProcessStatus.parse(Fixture.cursor("Name:\tjava\nVmLck:\t18446744056538659532 kB\nVmRSS:\t  100 kB\n"));

        assertThat(status.vmLckBytes()).isEqualTo(-1);
        assertThat(status.vmRssBytes()).isEqualTo(102_400);
    }
}
