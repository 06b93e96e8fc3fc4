// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.presence;

import io.memlock.bench.Plan;
import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import io.memlock.bench.Suite;
import io.memlock.bench.contender.Contender;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.report.Page;
import io.memlock.bench.service.FootprintApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Many JVMs on one host, all with the agent: what they take together. */
public final class HostSuite implements Suite {

    private static final int JVMS = 16;
    private static final double MEGABYTE = 1 << 20;

    /** After which what is done in the background is done. */
    private static final int SETTLING_SECONDS = 15;

    private final List<Contender> runners;

    /** A suite with these contenders. */
    public HostSuite(Contenders contenders) {
        runners = List.of(
                Contenders.none(),
                Contenders.none().again(),
                contenders.empty(),
                contenders.onFault(),
                contenders.currentFuture(),
                Contenders.MODE_ALL,
                Contenders.RESCAN);
    }

    @Override
    public String name() {
        return "host";
    }

    @Override
    public void run(Plan plan, Samples samples) throws InterruptedException {
        for (int round = 1; round <= plan.rounds(1, 5); round++) {
            for (Jdk jdk : plan.wantedJdks()) {
                String caseName = JVMS + " JVMs, " + jdk;
                if (!plan.wantsCase(caseName)) {
                    continue;
                }
                for (Contender contender : plan.wanted(runners)) {
                    Map<String, Double> values = measure(jdk, contender, plan.seconds(plan.quick() ? 6 : 30));
                    samples.add(new Sample(name(), caseName, contender.name(), round, values));
                }
            }
        }
    }

    private static Map<String, Double> measure(Jdk jdk, Contender contender, double seconds)
            throws InterruptedException {
        List<ForkedJvm> jvms = new ArrayList<>();
        try {
            long start = System.nanoTime();
            for (int i = 0; i < JVMS; i++) {
                jvms.add(ForkedJvm.on(jdk)
                        .flags(contender.flags().toArray(String[]::new))
                        .flags("-Xms32m", "-Xmx128m", "-XX:+UseG1GC")
                        .main(FootprintApp.class)
                        .start());
            }
            jvms.forEach(jvm -> jvm.awaitLine("ready"));
            double startSeconds = (System.nanoTime() - start) / 1e9;
            Thread.sleep(SETTLING_SECONDS * 1000L);
            double startCpuSeconds = cpuSeconds(jvms);
            Thread.sleep((long) (seconds * 1000));
            double idleCpuSeconds = cpuSeconds(jvms) - startCpuSeconds;
            double memory = jvms.stream()
                    .mapToDouble(jvm -> Smaps.of(jvm.pid()).proportionalBytes() / MEGABYTE)
                    .sum();
            return Map.of(
                    "startSeconds",
                    startSeconds,
                    "startCpuSeconds",
                    startCpuSeconds,
                    "idleCpuPercent",
                    idleCpuSeconds / seconds * 100,
                    "memoryMegabytes",
                    memory);
        } finally {
            jvms.forEach(ForkedJvm::close);
        }
    }

    private static double cpuSeconds(List<ForkedJvm> jvms) {
        return jvms.stream()
                .mapToDouble(jvm -> ProcStatus.of(jvm.pid()).cpuSeconds())
                .sum();
    }

    @Override
    public void report(Samples samples, Page page) {
        page.heading("Cost of being there: many JVMs on one host");
        page.text(JVMS
                + " JVMs that say hello and wait, started at once: seconds until the last is ready; seconds of CPU"
                + " until "
                + SETTLING_SECONDS
                + " s later; percent of one CPU from then on; proportional set size (Pss) in MiB. Each is"
                + " for all of them together. Ratios and differences to no agent, round by round.");
        for (String caseName : samples.cases(name())) {
            page.subheading(caseName);
            page.table(
                    List.of("", "start, s", "ratio", "CPU of the start, s", "idle, % of a CPU", "MiB", "MiB more"),
                    samples.rows(name(), caseName, contender -> cells(samples, caseName, contender)));
        }
    }

    private List<String> cells(Samples samples, String caseName, String contender) {
        return List.of(
                samples.spread(name(), caseName, contender, "startSeconds").text(),
                samples.paired(name(), caseName, contender, Contender.NO_AGENT, "startSeconds", (x, none) -> x / none)
                        .text(),
                samples.spread(name(), caseName, contender, "startCpuSeconds").text(),
                samples.spread(name(), caseName, contender, "idleCpuPercent").text(),
                samples.spread(name(), caseName, contender, "memoryMegabytes").text(),
                samples.paired(
                                name(),
                                caseName,
                                contender,
                                Contender.NO_AGENT,
                                "memoryMegabytes",
                                (x, none) -> x - none)
                        .text());
    }
}
