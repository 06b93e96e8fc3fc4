// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static io.memlock.doctor.ExaminedJvmBuilder.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.LockLimit;
import io.memlock.doctor.Finding.Severity;
import io.memlock.os.Errno;
import org.junit.jupiter.api.Test;

class PrivilegesTest {

    private static final LockLimit GRANTED = new LockLimit(0, 0, 0, true);
    private static final LockLimit REFUSED = new LockLimit(8 * MIB, 8 * MIB, Errno.ENOMEM, false);

    @Test
    void whatWasTriedCountsNotWhatCapEffClaims() {
        assertThat(severity(new ExaminedJvmBuilder(), REFUSED, "privilege")).isEqualTo(Severity.NOTE);
        assertThat(severity(new ExaminedJvmBuilder().unprivileged(), GRANTED, "privilege"))
                .isEqualTo(Severity.OK);
        assertThat(find(new ExaminedJvmBuilder(), REFUSED, "privilege").evidence())
                .contains("ENOMEM");
    }

    @Test
    void ofAnotherJvmCapEffIsReadWithTheNamespace() {
        assertThat(severity(new ExaminedJvmBuilder(), null, "privilege")).isEqualTo(Severity.OK);
        assertThat(severity(new ExaminedJvmBuilder().unprivileged(), null, "privilege"))
                .isEqualTo(Severity.NOTE);
        assertThat(severity(new ExaminedJvmBuilder().inUserNamespace(), null, "privilege"))
                .isEqualTo(Severity.NOTE);
        assertThat(severity(new ExaminedJvmBuilder().unprivileged().limit(-1, -1), null, "privilege"))
                .isEqualTo(Severity.OK);
    }

    @Test
    void bothLimitsAreNamed() {
        Finding finite = find(new ExaminedJvmBuilder().unprivileged().limit(64 << 10, 8 * MIB), null, "limit");
        assertThat(finite.severity()).isEqualTo(Severity.NOTE);
        assertThat(finite.evidence())
                .isEqualTo(
                        "RLIMIT_MEMLOCK soft 64.0 KiB, hard 8.0 MiB; the agent raises the soft limit to the hard one");
        assertThat(find(new ExaminedJvmBuilder().limited(0), null, "limit").evidence())
                .contains("soft 0 B, hard 0 B; only CAP_SYS_RESOURCE");
    }

    @Test
    void aLimitThatDoesNotApplyIsFine() {
        assertThat(find(new ExaminedJvmBuilder(), null, "limit"))
                .isEqualTo(Finding.ok("limit", "RLIMIT_MEMLOCK soft 8.0 MiB, hard 8.0 MiB; does not apply"));
        assertThat(severity(new ExaminedJvmBuilder().limited(0), GRANTED, "limit"))
                .isEqualTo(Severity.OK);
        assertThat(severity(new ExaminedJvmBuilder().unprivileged().limit(0, -1), null, "limit"))
                .isEqualTo(Severity.OK);
        assertThat(severity(new ExaminedJvmBuilder(), REFUSED, "limit"))
                .as("CapEff has it, the kernel does not honour it")
                .isEqualTo(Severity.NOTE);
    }

    @Test
    void aUserNamespaceIsSeen() {
        assertThat(severity(new ExaminedJvmBuilder(), null, "user namespace")).isEqualTo(Severity.OK);
        assertThat(severity(new ExaminedJvmBuilder().inUserNamespace(), null, "user namespace"))
                .isEqualTo(Severity.NOTE);
    }

    @Test
    void aFilterIsTriedWhereItCanBe() {
        assertThat(severity(new ExaminedJvmBuilder(), null, "seccomp")).isEqualTo(Severity.OK);
        assertThat(severity(new ExaminedJvmBuilder().filtered(), GRANTED, "seccomp"))
                .isEqualTo(Severity.OK);
        Finding unknown = find(new ExaminedJvmBuilder().filtered(), null, "seccomp");
        assertThat(unknown.severity()).isEqualTo(Severity.NOTE);
        assertThat(unknown.evidence()).contains("doctor without a PID");
        assertThat(find(new ExaminedJvmBuilder().filtered(), REFUSED, "seccomp").evidence())
                .doesNotContain("without a PID");
    }

    private static Severity severity(ExaminedJvmBuilder examined, LockLimit tried, String check) {
        return find(examined, tried, check).severity();
    }

    private static Finding find(ExaminedJvmBuilder examined, LockLimit tried, String check) {
        return new Privileges(examined.build(), tried)
                .findings().stream()
                        .filter(finding -> finding.check().equals(check))
                        .findFirst()
                        .orElseThrow();
    }
}
