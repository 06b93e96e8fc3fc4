// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.presence;

import io.memlock.bench.Plan;
import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import io.memlock.bench.Suite;
import io.memlock.bench.contender.Contender;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.pressure.PressureRun;
import io.memlock.bench.report.Page;
import io.memlock.bench.service.ServiceApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** A service nobody presses, with and without the agent: how much it serves, and how fast. */
public final class ThroughputSuite implements Suite {

    private final List<Contender> runners;

    /** A suite with these contenders. */
    public ThroughputSuite(Contenders contenders) {
        runners = List.of(
                Contenders.none(),
                Contenders.ours("mode=all"),
                contenders.onFault(),
                Contenders.ours("mode=heap+code+metaspace,strategy=rescan"));
    }

    @Override
    public String name() {
        return "throughput";
    }

    @Override
    public void run(Plan plan, Samples samples) {
        int seconds = plan.quick() ? 3 : 10;
        Jdk jdk = Plan.jdks().get(0);
        for (int round = 1; round <= plan.rounds(1, 7); round++) {
            for (Contender contender : plan.wanted(plan.quick() ? runners.subList(0, 2) : runners)) {
                samples.add(
                        new Sample(name(), jdk.toString(), contender.name(), round, measure(jdk, contender, seconds)));
            }
        }
    }

    private static Map<String, Double> measure(Jdk jdk, Contender contender, int seconds) {
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .classPath(AgentJar.testClasses(), AgentJar.codeOf(Histogram.class))
                .wrapper(List.of("taskset", "-c", "0"))
                .flags(contender.flags().toArray(String[]::new))
                .flags("-Xms512m", "-Xmx512m", "-XX:+UseG1GC")
                .main(ServiceApp.class, "heap", "256")
                .start()) {
            jvm.awaitLine("ready");
            jvm.ask("flood 2");
            Map<String, Double> values = new LinkedHashMap<>(PressureRun.parse(jvm.ask("flood " + seconds)));
            values.putAll(PressureRun.parse(jvm.ask("run 1000 " + seconds)));
            return values;
        }
    }

    @Override
    public void report(Samples samples, Page page) {
        page.heading("Cost of being there: throughput and latency without pressure");
        page.text(
                "256 MiB live of 512 MiB heap, G1, one CPU. Requests a second in a closed loop; latency in microseconds"
                        + " at 1000 requests a second. Ratios to no agent, round by round.");
        for (String caseName : samples.cases(name())) {
            page.subheading(caseName);
            page.table(
                    List.of("", "requests/s", "ratio", "p50", "p99", "p99.9", "p99.9 ratio"),
                    samples.contenders(name(), caseName).stream()
                            .map(contender -> row(samples, caseName, contender))
                            .toList());
        }
    }

    private List<String> row(Samples samples, String caseName, String contender) {
        return List.of(
                contender,
                samples.spread(name(), caseName, contender, "ops").text(),
                ratio(samples, caseName, contender, "ops"),
                samples.spread(name(), caseName, contender, "p50").text(),
                samples.spread(name(), caseName, contender, "p99").text(),
                samples.spread(name(), caseName, contender, "p99.9").text(),
                ratio(samples, caseName, contender, "p99.9"));
    }

    private String ratio(Samples samples, String caseName, String contender, String value) {
        return samples.paired(name(), caseName, contender, Contender.NO_AGENT, value, (x, none) -> x / none)
                .text();
    }
}
