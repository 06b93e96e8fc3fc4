// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.apps.FillingApp;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.MemoryCgroup;
import java.util.List;
import java.util.function.Consumer;

/** A heap outgrows its container. Without the agent the JVM lives by swap, and so it does with it. */
final class OutgrownCases {

    private static final long LIMIT = 400L << 20;
    private static final long UNLIMITED = 8L << 30;
    private static final int LIVE_MEBIBYTES = 500;

    private final Jdk jdk;

    OutgrownCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list() {
        return List.of(
                new Case("outgrows memory.max with serial and lives", () -> lives(Collector.SERIAL, LIMIT)),
                new Case("outgrows memory.max with g1 and lives", () -> lives(Collector.G1, LIMIT)),
                new Case(
                        "outgrows memory.max where memory.swap.max is finite and lives",
                        () -> lives(Collector.SERIAL, LIMIT, "memory.swap.max")),
                new Case("outgrows memory.high and lives", () -> lives(Collector.SERIAL, UNLIMITED, "memory.high")));
    }

    /** Fills one without the agent first and last, so that what only comes of the order can be told from what it costs. */
    private String lives(Collector collector, long limit, String... furtherLimits) {
        try (Disk swap = Disk.swapOn(Disk.DEVICE);
                MemoryCgroup container = MemoryCgroup.withLimit(limit)) {
            for (String each : furtherLimits) {
                container.set(each, Long.toString(LIMIT));
            }
            String before = plain(collector, container);
            String kept = kept(collector, container) + " and " + kept(collector, container);
            return "with " + swap + ", filled in " + kept + " ms; without the agent before in " + before + ", after in "
                    + plain(collector, container);
        }
    }

    private String plain(Collector collector, MemoryCgroup container) {
        return millis(filling(collector), container, jvm -> {});
    }

    private String kept(Collector collector, MemoryCgroup container) {
        return millis(filling(collector).agent("mode=all"), container, OutgrownCases::requireUnlocked);
    }

    private ForkedJvm.Builder filling(Collector collector) {
        return ForkedJvm.on(jdk)
                .flags(collector.flag(), "-Xms64m", "-Xmx1200m")
                .main(FillingApp.class, String.valueOf(LIVE_MEBIBYTES));
    }

    /** Returns how many milliseconds it took from the first line of {@code main} on. */
    private static String millis(ForkedJvm.Builder description, MemoryCgroup container, Consumer<ForkedJvm> judge) {
        try (ForkedJvm jvm = description.wrapper(container.wrapper()).start()) {
            jvm.awaitLine("ready");
            long start = System.nanoTime();
            jvm.awaitLine("full");
            String millis = Long.toString((System.nanoTime() - start) / 1_000_000);
            Conformance.fact("filled-ms", millis); // a guest that is silent for long is given up
            judge.accept(jvm);
            Case.check(jvm.isAlive() && container.oomKills() == 0, "it was killed: " + jvm.stderr());
            return millis;
        }
    }

    private static void requireUnlocked(ForkedJvm jvm) {
        Judge.nothingStaysLocked(jvm, "outgrown");
        Case.check(jvm.stderr().contains("all is unlocked now"), "it does not say so: " + jvm.stderr());
    }
}
