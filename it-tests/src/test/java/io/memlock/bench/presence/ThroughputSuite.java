// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.presence;

import io.memlock.bench.Plan;
import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import io.memlock.bench.Suite;
import io.memlock.bench.Target;
import io.memlock.bench.contender.Contender;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.pressure.PressureRun;
import io.memlock.bench.report.Page;
import io.memlock.bench.service.ServiceApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** A service nobody presses, with and without the agent: how much it serves, and how fast. */
public final class ThroughputSuite implements Suite {

    private static final int SLICES = 10;

    /** Until the compilers are done, and all of the heap has been touched. */
    private static final int WARM_UP_SECONDS = 5;

    private final List<Contender> runners;
    private final String empty;

    /** A suite with these contenders. */
    public ThroughputSuite(Contenders contenders) {
        runners = List.of(
                Contenders.none(),
                Contenders.MODE_ALL,
                contenders.empty(),
                contenders.onFault(),
                Contenders.RESCAN,
                Contenders.none().again());
        empty = contenders.empty().name();
    }

    @Override
    public String name() {
        return "throughput";
    }

    @Override
    public void run(Plan plan, Samples samples) {
        List<Contender> wanted = plan.wanted(plan.quick() ? runners.subList(0, 2) : runners);
        for (int round = 1; round <= plan.rounds(1, 7); round++) {
            // Each is the first to start and to take its turn now and then.
            List<Contender> order = new ArrayList<>(wanted);
            Collections.rotate(order, round - 1);
            for (Jdk jdk : plan.wantedJdks()) {
                if (plan.wantsCase(jdk.toString())) {
                    runOnce(jdk, order, plan.quick() ? 3 : SLICES, round, samples);
                }
            }
        }
    }

    private void runOnce(Jdk jdk, List<Contender> order, int slices, int round, Samples samples) {
        Map<Contender, ForkedJvm> running = new LinkedHashMap<>();
        try {
            order.forEach(contender -> running.put(contender, started(jdk, contender)));
            measure(running, slices)
                    .forEach((contender, values) ->
                            samples.add(new Sample(name(), jdk.toString(), contender.name(), round, values)));
        } finally {
            running.values().forEach(ForkedJvm::close);
        }
    }

    private static ForkedJvm started(Jdk jdk, Contender contender) {
        ForkedJvm jvm = ForkedJvm.on(jdk)
                .classPath(AgentJar.testClasses(), AgentJar.codeOf(Histogram.class))
                .wrapper(List.of("taskset", "-c", "0"))
                .flags(contender.flags().toArray(String[]::new))
                .flags("-Xms512m", "-Xmx512m", "-XX:+UseG1GC")
                .main(ServiceApp.class, "heap", "256")
                .start();
        jvm.awaitLine("ready");
        jvm.ask("flood " + WARM_UP_SECONDS);
        return jvm;
    }

    /** In turns of a second, while the others wait: the machine is as fast or slow for each of them. */
    private static Map<Contender, Map<String, Double>> measure(Map<Contender, ForkedJvm> running, int slices) {
        Map<Contender, Double> operations = new LinkedHashMap<>();
        for (int slice = 0; slice < slices; slice++) {
            running.forEach((contender, jvm) -> operations.merge(
                    contender, PressureRun.parse(jvm.ask("flood 1")).get("ops") / slices, Double::sum));
        }
        Map<Contender, Map<String, Double>> measured = new LinkedHashMap<>();
        running.forEach((contender, jvm) -> {
            Map<String, Double> values = new LinkedHashMap<>(PressureRun.parse(jvm.ask("run 1000 " + slices)));
            values.put("ops", operations.get(contender));
            measured.put(contender, values);
        });
        return measured;
    }

    @Override
    public List<Target> targets(Samples samples) {
        return samples.cases(name()).stream()
                .flatMap(jdk -> Stream.of(
                        wanted(samples, jdk, Contenders.MODE_ALL, empty, 0.99),
                        wanted(samples, jdk, Contenders.MODE_ALL, Contender.NO_AGENT, 0.99),
                        wanted(samples, jdk, Contenders.RESCAN, empty, 0.98)))
                .toList();
    }

    private Target wanted(Samples samples, String jdk, Contender ours, String baseline, double bound) {
        return Target.atLeast(
                bound,
                "throughput, of that with " + baseline + ": " + ours.name() + ", " + jdk,
                samples.paired(name(), jdk, ours.name(), baseline, "ops", (x, base) -> x / base));
    }

    @Override
    public void report(Samples samples, Page page) {
        page.heading("Cost of being there: throughput and latency without pressure");
        page.text(
                "256 MiB live of 512 MiB heap, G1, one CPU. Requests a second in a closed loop, in turns of a"
                        + " second while the others wait; latency in microseconds"
                        + " at 1000 requests a second. The empty agent tells what any -javaagent costs. Ratios to no agent, round by round.");
        for (String caseName : samples.cases(name())) {
            page.subheading(caseName);
            page.table(
                    List.of("", "requests/s", "ratio", "p50", "p99", "p99.9", "p99.9 ratio"),
                    samples.rows(name(), caseName, contender -> cells(samples, caseName, contender)));
        }
    }

    private List<String> cells(Samples samples, String caseName, String contender) {
        return List.of(
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
