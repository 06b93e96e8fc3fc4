// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.Wrappers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Namespaces, and what the doctor says of a place against what then happens there. */
final class PlaceCases {

    private final Jdk jdk;

    PlaceCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list(boolean shortList) {
        List<Case> cases = new ArrayList<>();
        cases.add(new Case("the doctor is right about root", () -> doctorIsRight(List.of())));
        if (!shortList) {
            cases.add(new Case("the doctor is right about 64 KiB", () -> doctorIsRight(limit(64L << 10))));
            cases.add(new Case("the doctor is right about 1 GiB", () -> doctorIsRight(limit(1L << 30))));
            cases.add(new Case("locks in a PID namespace", this::locksInAPidNamespace));
            cases.add(new Case(
                    "lives in a user namespace, where its root may lock nothing", this::livesInAUserNamespace));
            cases.add(new Case("locks in a user namespace without a limit", this::locksInAUserNamespace));
        }
        return cases;
    }

    private static List<String> limit(long bytes) {
        List<String> wrapper = new ArrayList<>(Wrappers.memlockLimit(bytes));
        wrapper.addAll(Wrappers.withoutIpcLock());
        return wrapper;
    }

    private String doctorIsRight(List<String> wrapper) {
        boolean predicted = Apps.memlock(jdk, wrapper, "doctor").exitStatus() == 0;
        Outcome outcome = ForkedJvm.on(jdk)
                .wrapper(wrapper)
                .agent("mode=all")
                .main(HelloApp.class)
                .run();
        boolean happened = !Judge.saysNotLocked(outcome.stderr());
        Case.check(predicted == happened, "it said " + predicted + ", then: " + outcome);
        return predicted ? "locked" : "not locked";
    }

    private String locksInAPidNamespace() throws IOException {
        try (ForkedJvm unshare = Apps.grown(jdk, "-XX:+UseSerialGC")
                .wrapper(Wrappers.ownPids())
                .agent("mode=all")
                .start()) {
            unshare.awaitLine("ready");
            unshare.ask("grow 100");
            String children =
                    Files.readString(Path.of("/proc/" + unshare.pid() + "/task/" + unshare.pid() + "/children"));
            Judge.everythingBecomesLocked(Long.parseLong(children.strip()), "grown", unshare);
        }
        return "";
    }

    private String livesInAUserNamespace() {
        try (ForkedJvm jvm = inAUserNamespace(Wrappers.memlockLimit(64L << 10))) {
            jvm.awaitLine("ready");
            Case.check(Judge.saysNotLocked(jvm.stderr()), "it does not say NOT LOCKED: " + jvm.stderr());
            jvm.ask("grow 100");
            jvm.send("exit");
            Case.check(jvm.awaitExit().exitStatus() == 0, jvm.stderr());
        }
        return "";
    }

    private String locksInAUserNamespace() {
        try (ForkedJvm jvm = inAUserNamespace(List.of("prlimit", "--memlock=unlimited:unlimited"))) {
            jvm.awaitLine("ready");
            jvm.ask("grow 100");
            Judge.everythingBecomesLocked(jvm, "grown");
        }
        return "";
    }

    private ForkedJvm inAUserNamespace(List<String> limit) {
        return Apps.grown(jdk, "-XX:+UseSerialGC")
                .wrapper(limit)
                .wrapper(List.of("unshare", "--user", "--map-root-user"))
                .agent("mode=all")
                .start();
    }
}
