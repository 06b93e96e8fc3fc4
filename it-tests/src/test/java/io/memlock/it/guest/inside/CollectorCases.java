// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.Collector;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import java.util.ArrayList;
import java.util.List;

/** With every collector, all that is resident is locked at every step of a JVM's life. */
final class CollectorCases {

    private static final List<String> STEPS =
            List.of("grow 150", "shrink", "grow 200", "threads 50", "classes 200", "direct 10");

    /** One that maps its heap once, and one that maps it anew all the time. */
    private static final List<Collector> SHORT = List.of(Collector.G1, Collector.ZGC);

    /** Where ZGC has generations if told so; from JDK 23 on it always has. */
    private static final int GENERATIONAL_ON_REQUEST = 21;

    private final Jdk jdk;

    CollectorCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list(boolean shortList) {
        List<Case> cases = new ArrayList<>();
        for (Collector collector : jdk.collectors()) {
            if (!shortList || SHORT.contains(collector)) {
                cases.add(new Case("keeps all locked with " + collector, () -> keepsAllLocked(collector.flag())));
            }
        }
        if (jdk.feature() == GENERATIONAL_ON_REQUEST) {
            cases.add(new Case(
                    "keeps all locked with generational ZGC",
                    () -> keepsAllLocked(Collector.ZGC.flag(), "-XX:+ZGenerational")));
        }
        return cases;
    }

    private String keepsAllLocked(String... flags) {
        try (ForkedJvm jvm = Apps.grown(jdk, flags).agent("mode=all").start()) {
            jvm.awaitLine("ready");
            Judge.nothingIsUnlocked(jvm, "start");
            for (String step : STEPS) {
                jvm.ask(step);
                Judge.nothingIsUnlocked(jvm, step);
            }
            return "";
        }
    }
}
