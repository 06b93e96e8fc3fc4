// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.ProcStatus;

/** What is to be unlocked where a filter refuses the calls that unlock. */
class GivingBackIT {

    private static final int EPERM = 1;

    @EachJdk
    void whatCannotBeUnlockedIsTold(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        Fault fault = Fault.of("seccomp refuses to unlock", "LOCKED", "mode=all")
                .seccomp(EPERM, "munlock+munlockall")
                .longLife();
        try (ForkedJvm jvm = fault.on(jdk).agent(fault.options()).start()) {
            jvm.awaitErrorLine("[memlock] locked"); // before, the process is the one that sets up the filter
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                assertThat(client.get("State")).hasToString("LOCKED");

                String answer = (String) client.invoke("unlock");

                assertThat(answer)
                        .contains("PARTIAL", "munlock", "EPERM", "still charged")
                        .doesNotContain("UNLOCKED");
                assertThat(client.get("State")).hasToString("PARTIAL");
                assertThat(client.get("Mode")).hasToString("none");
                assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isPositive();
            }
        }
    }
}
