// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import io.memlock.it.apps.KeepingApp;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Smaps;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** What tests of the keeper share. */
public final class Keeping {

    /** What is told apart by {@link Truth}. */
    public static final String REGIONS = "mode=heap+code+metaspace";

    /** Grow, shrink, grow again, load classes. */
    static final List<String> STEPS = List.of("grow 300", "shrink", "grow 300", "classes 2000");

    private static final long PAUSE_MILLIS = 10;

    private Keeping() {}

    static List<Arguments> everyCollectorButZgc() {
        return collectors().filter(each -> each.get()[0] != Collector.ZGC).toList();
    }

    static List<Arguments> everyCollector() {
        return collectors().toList();
    }

    private static Stream<Arguments> collectors() {
        return Jdk.all().stream()
                .flatMap(jdk -> jdk.collectors().stream().map(collector -> Arguments.of(collector, jdk)));
    }

    /** A small JVM that may grow; its application has a way to the C library beside the agent's. */
    public static ForkedJvm.Builder growing(Jdk jdk, String options) {
        return app(jdk, options).flags("-Xms32m", "-Xmx512m");
    }

    /** An application with a way to the C library beside the agent's. */
    public static ForkedJvm.Builder app(Jdk jdk, String options) {
        return ForkedJvm.on(jdk).agent(options).withJna().main(KeepingApp.class);
    }

    /** Waits until application and agent run. */
    public static void awaitStart(ForkedJvm jvm) {
        jvm.awaitLine("ready");
        jvm.awaitErrorLine("[memlock] locked");
    }

    /**
     * Waits until something holds. Its patience is counted in pauses between two looks: a look at {@code smaps} keeps the
     * JVM from mapping and locking, and on a machine that is late a pause takes longer for all alike.
     *
     * @param latestMillis of pauses, after which to give up
     * @return the milliseconds it took, pauses and looks; -1 if it never did
     */
    static long millisUntil(BooleanSupplier condition, long latestMillis) {
        return millisUntil(condition, () -> latestMillis);
    }

    /** The same, with a patience that may grow meanwhile. */
    static long millisUntil(BooleanSupplier condition, LongSupplier latestMillis) {
        long start = System.nanoTime();
        for (long paused = 0; paused <= latestMillis.getAsLong(); paused += PAUSE_MILLIS) {
            if (condition.getAsBoolean()) {
                return (System.nanoTime() - start) / 1_000_000;
            }
            sleep(PAUSE_MILLIS);
        }
        return -1;
    }

    /** What is resident and not locked of all that can be accessed. */
    public static List<Smaps.Entry> accessibleUnlocked(ForkedJvm jvm) {
        return Smaps.of(jvm.pid()).unlocked().stream()
                .filter(entry -> !entry.permissions().startsWith("---"))
                .toList();
    }

    /** Sleeps. */
    @SuppressWarnings("ThreadSleep")
    public static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
