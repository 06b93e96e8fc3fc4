// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import io.memlock.bench.pressure.PressureRun;
import io.memlock.bench.service.StallApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * What the application feels when monitoring asks for more scans than it should. Nobody can map memory during a scan. The
 * calls themselves cost CPU, too, so a flood of {@code refresh()} is compared with one of reads of an attribute.
 */
class RefreshFloodIT {

    private static final int THREADS = 8;
    private static final int PAUSE_MILLIS = 10;
    private static final Duration FLOOD = Duration.ofSeconds(3);

    /** What else runs on the machine raises some rounds, scans without end all of them. The first calm one decides. */
    private static final int ROUNDS = 3;

    private static final double GENEROUS = 2;

    @EachJdk
    void doesNotRaiseTheTimeToMapMemory(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        ExecutorService clients = Executors.newFixedThreadPool(THREADS);
        try (ForkedJvm jvm = start(jdk);
                JmxClient jmx = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
            Callable<?> read = () -> jmx.get("State");
            Callable<?> refresh = () -> jmx.invoke("refresh");
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                double before = p99(jvm, clients, read);
                double flooded = p99(jvm, clients, refresh);
                double after = p99(jvm, clients, read);
                System.out.printf(
                        "[flood] JDK %d, p99 of mmap in us: reads %.0f, refresh() %.0f, reads %.0f%n",
                        jdk.feature(), before, flooded, after);
                double ratio = flooded / Math.max(before, after);
                ratios.add(ratio);
                if (ratio < GENEROUS) {
                    break;
                }
            }

            assertThat(ratios)
                    .as("p99 of mmap during a flood of refresh() to the larger p99 of two floods of reads")
                    .anyMatch(ratio -> ratio < GENEROUS);
        } finally {
            clients.shutdownNow();
        }
    }

    private static ForkedJvm start(Jdk jdk) {
        ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("mode=all")
                .classPath(AgentJar.testClasses(), AgentJar.codeOf(Native.class), AgentJar.codeOf(Histogram.class))
                .flags("-Xms400m", "-Xmx400m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC")
                .main(StallApp.class, "200")
                .start();
        jvm.awaitLine("ready");
        return jvm;
    }

    private static double p99(ForkedJvm jvm, ExecutorService clients, Callable<?> call) throws Exception {
        jvm.ask("begin anew");
        long end = System.nanoTime() + FLOOD.toNanos();
        List<Future<Void>> floods = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            floods.add(clients.submit(() -> {
                while (System.nanoTime() < end) {
                    call.call();
                    Thread.sleep(PAUSE_MILLIS);
                }
                return null;
            }));
        }
        for (Future<Void> flood : floods) {
            flood.get();
        }
        return PressureRun.parse(jvm.ask("end")).get("p99");
    }
}
