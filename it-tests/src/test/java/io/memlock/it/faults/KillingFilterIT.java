// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.faults;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;

/**
 * A filter that ends the process for calls that the JVM itself does not make, as that of a unit with
 * {@code SystemCallFilter=@system-service} and {@code SystemCallFilter=~@resources}.
 */
class KillingFilterIT {

    private static final String DEADLY = "mincore+cachestat+move_pages+sched_setscheduler+setpriority";

    private static final int STATUS_OF_APPLICATION = 3;

    @EachJdk
    void theJvmLives(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        Fault fault = Fault.of("seccomp ends the process", "LOCKED", "mode=all,prefault=heap,log=debug")
                .killing(DEADLY);
        try (ForkedJvm jvm = fault.on(jdk).agent(fault.options()).start()) {
            jvm.awaitLine("ready");
            eventually(() -> assertThat(jvm.stderr()).contains("mapped files are unlocked at once by a hook"));
            jvm.ask("mappings 10");
            jvm.ask("heap 24");
            try (JmxClient client = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
                assertThat(client.get("State")).hasToString("LOCKED");
                eventually(() -> assertThat(client.get("PrefaultState")).isEqualTo("DONE"));
                client.invoke("unlock");
                client.invoke("lock", "mode=all,prefault=heap");
                assertThat(client.get("State")).hasToString("LOCKED");
            }
            jvm.send("exit");
            assertThat(jvm.awaitExit().exitStatus()).isEqualTo(STATUS_OF_APPLICATION);
        }
    }
}
