// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.doctor.Finding.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JdkTest extends OnCapturedHost {

    private static final String RELEASE = "proc/17258/root/jdk/release";

    @ParameterizedTest
    @CsvSource({"17.0.15, OK", "25, OK", "26-ea, OK", "11.0.22, FAIL", "16, FAIL", "1.8.0_402, FAIL"})
    void theAgentNeedsSeventeen(String version, Severity severity) {
        host.put(RELEASE, "JAVA_RUNTIME_VERSION=\"9\"\nJAVA_VERSION=\"" + version + "\"\n");

        assertThat(finding(new ExaminedJvmBuilder()).severity()).isEqualTo(severity);
        assertThat(finding(new ExaminedJvmBuilder()).evidence()).isEqualTo(version);
    }

    @Test
    void aVersionThatCannotBeReadIsNotMadeUp() {
        host.put(RELEASE, "IMPLEMENTOR=\"N/A\"\n");
        assertThat(finding(new ExaminedJvmBuilder()).severity()).isEqualTo(Severity.NOTE);
        host.remove(RELEASE);
        assertThat(finding(new ExaminedJvmBuilder()).severity()).isEqualTo(Severity.NOTE);
        assertThat(Jdk.finding(host.proc(), CapturedHost.PID, "").severity()).isEqualTo(Severity.NOTE);
    }

    @ParameterizedTest
    @CsvSource({"java.base, true", "java.base java.instrument, false", "java.base java.instrumental, true", "'', false"
    })
    void aRuntimeMadeByJlinkTellsItsModules(String modules, boolean lacks) {
        host.put(RELEASE, "JAVA_VERSION=\"25\"\nMODULES=\"" + modules + "\"\n");

        assertThat(Jdk.lacks(host.proc(), CapturedHost.PID, "/jdk", "java.instrument"))
                .isEqualTo(lacks);
    }

    private Finding finding(ExaminedJvmBuilder examined) {
        return Jdk.finding(
                host.proc(), CapturedHost.PID, examined.build().deployment().javaHome());
    }
}
