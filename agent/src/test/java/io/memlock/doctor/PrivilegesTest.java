// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static io.memlock.doctor.PatientBuilder.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.LockLimit;
import io.memlock.doctor.Finding.Verdict;
import io.memlock.os.Errno;
import org.junit.jupiter.api.Test;

class PrivilegesTest {

    private static final LockLimit GRANTED = new LockLimit(0, 0, 0, true);
    private static final LockLimit REFUSED = new LockLimit(8 * MIB, 8 * MIB, Errno.ENOMEM, false);

    @Test
    void whatWasTriedCountsNotWhatCapEffClaims() {
        assertThat(verdict(new PatientBuilder(), REFUSED, "privilege")).isEqualTo(Verdict.NOTE);
        assertThat(verdict(new PatientBuilder().unprivileged(), GRANTED, "privilege"))
                .isEqualTo(Verdict.OK);
        assertThat(find(new PatientBuilder(), REFUSED, "privilege").evidence()).contains("ENOMEM");
    }

    @Test
    void ofAnotherJvmCapEffIsReadWithTheNamespace() {
        assertThat(verdict(new PatientBuilder(), null, "privilege")).isEqualTo(Verdict.OK);
        assertThat(verdict(new PatientBuilder().unprivileged(), null, "privilege"))
                .isEqualTo(Verdict.NOTE);
        assertThat(verdict(new PatientBuilder().inUserNamespace(), null, "privilege"))
                .isEqualTo(Verdict.NOTE);
        assertThat(verdict(new PatientBuilder().unprivileged().limit(-1, -1), null, "privilege"))
                .isEqualTo(Verdict.OK);
    }

    @Test
    void bothLimitsAreNamed() {
        Finding finite = find(new PatientBuilder().unprivileged().limit(64 << 10, 8 * MIB), null, "limit");
        assertThat(finite.verdict()).isEqualTo(Verdict.NOTE);
        assertThat(finite.evidence())
                .isEqualTo(
                        "RLIMIT_MEMLOCK soft 64.0 KiB, hard 8.0 MiB; the agent raises the soft limit to the hard one");
        assertThat(find(new PatientBuilder().limited(0), null, "limit").evidence())
                .contains("soft 0 B, hard 0 B; only CAP_SYS_RESOURCE");
    }

    @Test
    void aLimitThatDoesNotApplyIsFine() {
        assertThat(find(new PatientBuilder(), null, "limit"))
                .isEqualTo(Finding.ok("limit", "RLIMIT_MEMLOCK soft 8.0 MiB, hard 8.0 MiB; does not apply"));
        assertThat(verdict(new PatientBuilder().limited(0), GRANTED, "limit")).isEqualTo(Verdict.OK);
        assertThat(verdict(new PatientBuilder().unprivileged().limit(0, -1), null, "limit"))
                .isEqualTo(Verdict.OK);
        assertThat(verdict(new PatientBuilder(), REFUSED, "limit"))
                .as("CapEff has it, the kernel does not honour it")
                .isEqualTo(Verdict.NOTE);
    }

    @Test
    void aUserNamespaceIsSeen() {
        assertThat(verdict(new PatientBuilder(), null, "user namespace")).isEqualTo(Verdict.OK);
        assertThat(verdict(new PatientBuilder().inUserNamespace(), null, "user namespace"))
                .isEqualTo(Verdict.NOTE);
    }

    @Test
    void aFilterIsTriedWhereItCanBe() {
        assertThat(verdict(new PatientBuilder(), null, "seccomp")).isEqualTo(Verdict.OK);
        assertThat(verdict(new PatientBuilder().filtered(), GRANTED, "seccomp")).isEqualTo(Verdict.OK);
        Finding unknown = find(new PatientBuilder().filtered(), null, "seccomp");
        assertThat(unknown.verdict()).isEqualTo(Verdict.NOTE);
        assertThat(unknown.evidence()).contains("doctor without a PID");
        assertThat(find(new PatientBuilder().filtered(), REFUSED, "seccomp").evidence())
                .doesNotContain("without a PID");
    }

    private static Verdict verdict(PatientBuilder patient, LockLimit tried, String check) {
        return find(patient, tried, check).verdict();
    }

    private static Finding find(PatientBuilder patient, LockLimit tried, String check) {
        return new Privileges(patient.build(), tried)
                .findings().stream()
                        .filter(finding -> finding.check().equals(check))
                        .findFirst()
                        .orElseThrow();
    }
}
