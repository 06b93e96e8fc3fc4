// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.stall;

import io.memlock.bench.Plan;
import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import io.memlock.bench.Suite;
import io.memlock.bench.Target;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.pressure.Failure;
import io.memlock.bench.pressure.StallRun;
import io.memlock.bench.pressure.StallRun.Load;
import io.memlock.bench.report.Page;
import io.memlock.it.harness.Jdk;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A running JVM with a resident heap is locked: by one mlockall, or by us. */
public final class StallSuite implements Suite {

    private static final String ATTACH = "ours, attach mode=all";

    private static final String UNLOCK = "ours, unlock after attach mode=all";

    /** Single pages that cannot be told from the application's are left to it: 64 at most. */
    private static final double APPLICATIONS_MEGABYTES = 0.25;

    private static final String NOTHING = "nothing happens";

    private static final String BESIDE = NOTHING + ", another JVM starts and ends";

    private static final String ONE_POPULATING_CALL = "attach JNA agent, mlockall(C)";

    private static final String ONE_CALL = "attach JNA agent, mlockall(C+F+OF)";

    private static final List<Shape> QUICK = List.of(new Shape(1, Load.NOW_AND_THEN));

    private static final List<Shape> FULL =
            List.of(new Shape(1, Load.NOW_AND_THEN), new Shape(4, Load.NOW_AND_THEN), new Shape(4, Load.ALL_THE_TIME));

    private final Contenders contenders;

    /** A suite with these contenders. */
    public StallSuite(Contenders contenders) {
        this.contenders = contenders;
    }

    @Override
    public String name() {
        return "stall";
    }

    @Override
    public void run(Plan plan, Samples samples) throws Exception {
        Jdk jdk = Plan.jdks().get(0);
        int rounds = plan.rounds(1, 5);
        for (Shape shape : plan.quick() ? QUICK : FULL) {
            StallRun stall = new StallRun(jdk, shape.gigabytes() * 1024, shape.load());
            String caseName = shape.gigabytes() + " GiB heap, " + shape.load() + ", " + jdk;
            for (int round = 1; round <= rounds && plan.wantsCase(caseName); round++) {
                one(samples, caseName, NOTHING, round, stall::nothing);
                one(samples, caseName, BESIDE, round, stall::jvmBeside);
                one(samples, caseName, ONE_CALL, round, () -> stall.attach(contenders.mlockallJar(), "7"));
                if (!plan.quick()) {
                    one(
                            samples,
                            caseName,
                            ONE_POPULATING_CALL,
                            round,
                            () -> stall.attach(contenders.mlockallJar(), "1"));
                }
                one(samples, caseName, ATTACH, round, () -> stall.attachOurs("mode=all"));
                one(samples, caseName, UNLOCK, round, () -> stall.unlockOurs("mode=all"));
                one(samples, caseName, "ours, JMX lock(mode=all)", round, () -> stall.lockOverJmx("mode=all"));
                if (!plan.quick()) {
                    one(samples, caseName, "ours, JMX lock(mode=heap)", round, () -> stall.lockOverJmx("mode=heap"));
                }
            }
        }
    }

    private void one(Samples samples, String caseName, String contender, int round, Measurement measurement)
            throws Exception {
        try {
            Map<String, Double> values = measurement.run();
            boolean isLocked = values.get("chargedMegabytes") > APPLICATIONS_MEGABYTES;
            boolean shouldBe = !contender.startsWith(NOTHING) && !contender.equals(UNLOCK);
            if (isLocked != shouldBe) {
                samples.cannot(name(), caseName, contender, (isLocked ? "still" : "nothing is") + " locked afterwards");
            } else {
                samples.add(new Sample(name(), caseName, contender, round, values));
            }
        } catch (AssertionError e) {
            samples.cannot(name(), caseName, contender, Failure.inOneLine(e));
        }
    }

    @Override
    public List<Target> targets(Samples samples) {
        return samples.cases(name()).stream()
                .flatMap(caseName -> Stream.of(ATTACH, UNLOCK)
                        .flatMap(way -> Stream.of(
                                Target.atMost(
                                        5000,
                                        "worst wait, us: " + way + ", " + caseName,
                                        samples.spread(name(), caseName, way, "max")),
                                Target.atMost(
                                        1.1,
                                        "p99.9, of that before: " + way + ", " + caseName,
                                        samples.spread(name(), caseName, way, "of before")))))
                .toList();
    }

    @Override
    public void report(Samples samples, Page page) {
        page.heading("Stall of a running JVM");
        page.text(
                "The heap is resident (AlwaysPreTouch); a thread maps, touches and unmaps 16 KiB, and then sleeps for 0.2 ms"
                        + " or does not. Worst of these while the lock is taken and for 1.5 s after it, microseconds; for the"
                        + " percentiles, which are of the former alone, a long call counts for each that it delayed; *of before* is the 99.9th"
                        + " percentile over that of the three seconds before, in the same JVM; *of one call* is the worst"
                        + " over the worst of one"
                        + " mlockall(C+F+OF), round by round. An attach itself also loads classes; ours and unlock are the"
                        + " command line's, from its start to its end: a JVM, whose start alone (the other one's is our"
                        + " command line's help, which looks at no other process) is felt where there are few CPUs.");
        for (String caseName : samples.cases(name())) {
            page.subheading(caseName);
            page.table(
                    List.of("", "worst us", "p99.9 us", "of before", "of one call", "took ms", "charged MiB"),
                    samples.rows(name(), caseName, contender -> cells(samples, caseName, contender)));
        }
    }

    private List<String> cells(Samples samples, String caseName, String contender) {
        return List.of(
                samples.spread(name(), caseName, contender, "max").text(),
                samples.spread(name(), caseName, contender, "p99.9").text(),
                samples.spread(name(), caseName, contender, "of before").text(),
                samples.paired(name(), caseName, contender, ONE_CALL, "max", (x, one) -> x / one)
                        .text(),
                samples.spread(name(), caseName, contender, "tookMillis").text(),
                samples.spread(name(), caseName, contender, "chargedMegabytes").text());
    }

    /** Of a JVM. */
    private record Shape(int gigabytes, Load load) {}

    /** One run. */
    private interface Measurement {

        Map<String, Double> run() throws Exception;
    }
}
