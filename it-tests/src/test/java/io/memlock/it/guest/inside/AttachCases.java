// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import java.util.List;

/** A JVM that runs already is locked and unlocked by the command line. */
final class AttachCases {

    private final Jdk jdk;

    AttachCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list() {
        return List.of(new Case("locks and unlocks a JVM that runs already", this::attachesAndUnlocks));
    }

    private String attachesAndUnlocks() {
        try (ForkedJvm jvm = Apps.grown(jdk, "-XX:+UseG1GC").start()) {
            jvm.awaitLine("ready");
            jvm.ask("grow 100");
            String pid = Long.toString(jvm.pid());
            succeed("attach", pid);
            Judge.everythingBecomesLocked(jvm, "attached");
            jvm.ask("grow 200");
            Judge.everythingBecomesLocked(jvm, "grown after attach");
            succeed("unlock", pid);
            Judge.nothingStaysLocked(jvm, "unlocked");
            return "";
        }
    }

    private void succeed(String... arguments) {
        Outcome outcome = Apps.memlock(jdk, List.of(), arguments);
        Case.check(outcome.exitStatus() == 0, List.of(arguments) + ": " + outcome);
    }
}
