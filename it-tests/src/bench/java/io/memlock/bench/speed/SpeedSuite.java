// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.speed;

import com.sun.jna.Native;
import io.memlock.bench.Plan;
import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import io.memlock.bench.Suite;
import io.memlock.bench.contender.Contender;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.pressure.Failure;
import io.memlock.bench.pressure.PressureRun;
import io.memlock.bench.report.Page;
import io.memlock.bench.startup.TimedProcess;
import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import java.util.List;
import java.util.Map;

/** A heap of some GiB made resident: by us, by AlwaysPreTouch, by naive locks, and by the bare system calls. */
public final class SpeedSuite implements Suite {

    private static final String RAW = "bare JNA, MADV_POPULATE_WRITE, one call";
    private static final String RAW_CHUNKS = "bare JNA, MADV_POPULATE_WRITE, 2 MiB a call";
    private static final String RAW_MLOCK = "bare JNA, mlock";

    private static final String OURS = "mode=all,prefault=heap";

    private final Contenders contenders;

    /** A suite with these contenders. */
    public SpeedSuite(Contenders contenders) {
        this.contenders = contenders;
    }

    @Override
    public String name() {
        return "speed";
    }

    @Override
    public void run(Plan plan, Samples samples) {
        Jdk jdk = Plan.jdks().get(0);
        int rounds = plan.rounds(1, 5);
        for (int gigabytes : plan.quick() ? new int[] {1} : new int[] {1, 2, 4, 8}) {
            for (boolean thp : plan.quick() ? new boolean[] {false} : new boolean[] {false, true}) {
                for (int round = 1; round <= rounds && plan.wantsCase(caseName(jdk, gigabytes, thp)); round++) {
                    measure(samples, jdk, gigabytes, thp, round);
                }
            }
        }
    }

    private static String caseName(Jdk jdk, int gigabytes, boolean thp) {
        return gigabytes + " GiB" + (thp ? ", THP" : ", 4 KiB pages") + ", " + jdk;
    }

    private void measure(Samples samples, Jdk jdk, int gigabytes, boolean thp, int round) {
        String caseName = caseName(jdk, gigabytes, thp);
        raw(samples, jdk, caseName, RAW, "populate", gigabytes, thp, round);
        raw(samples, jdk, caseName, RAW_CHUNKS, "populate-chunks", gigabytes, thp, round);
        raw(samples, jdk, caseName, RAW_MLOCK, "mlock", gigabytes, thp, round);
        difference(samples, jdk, caseName, Contenders.alwaysPreTouch(), Contenders.none(), gigabytes, thp, round);
        difference(samples, jdk, caseName, contenders.current(), contenders.empty(), gigabytes, thp, round);
        difference(samples, jdk, caseName, contenders.preTouchThenLock(), contenders.empty(), gigabytes, thp, round);
        difference(samples, jdk, caseName, Contenders.ours(OURS), Contenders.ours("mode=all"), gigabytes, thp, round);
    }

    private void raw(
            Samples samples,
            Jdk jdk,
            String caseName,
            String name,
            String call,
            int gigabytes,
            boolean thp,
            int round) {
        var outcome = ForkedJvm.on(jdk)
                .classPath(AgentJar.testClasses(), AgentJar.codeOf(Native.class))
                .main(RawCallsApp.class, call, Integer.toString(gigabytes * 1024), thp ? "thp" : "small")
                .run();
        if (outcome.exitStatus() != 0) {
            samples.cannot(name(), caseName, name, Failure.inOneLine(new AssertionError(outcome.toString())));
            return;
        }
        add(
                samples,
                caseName,
                name,
                round,
                gigabytes,
                PressureRun.parse(outcome.stdout()).get("millis"));
    }

    /** What the whole process takes longer than one that does not touch the heap. */
    private void difference(
            Samples samples,
            Jdk jdk,
            String caseName,
            Contender contender,
            Contender without,
            int gigabytes,
            boolean thp,
            int round) {
        try {
            double base = wallMillis(jdk, without, gigabytes, thp);
            double with = wallMillis(jdk, contender, gigabytes, thp);
            add(samples, caseName, contender.name(), round, gigabytes, with - base);
        } catch (IllegalStateException e) {
            samples.cannot(name(), caseName, contender.name(), e.getMessage());
        }
    }

    private static double wallMillis(Jdk jdk, Contender contender, int gigabytes, boolean thp) {
        return TimedProcess.run(ForkedJvm.on(jdk)
                        .flags(contender.flags().toArray(String[]::new))
                        .flags("-Xms" + gigabytes + "g", "-Xmx" + gigabytes + "g", "-XX:+UseG1GC")
                        .flags(thp ? "-XX:+UseTransparentHugePages" : "-XX:-UseTransparentHugePages")
                        .main(HelloApp.class)
                        .command())
                .get("wallMillis");
    }

    private void add(Samples samples, String caseName, String name, int round, int gigabytes, double millis) {
        Map<String, Double> values = Map.of("millis", millis, "gibPerSecond", gigabytes * 1000 / millis);
        samples.add(new Sample(name(), caseName, name, round, values));
    }

    @Override
    public void report(Samples samples, Page page) {
        page.heading("Speed of faulting in and locking");
        page.text(
                "A heap of that size with Xms = Xmx, G1; JVMs: wall time of the whole process less that of one that does"
                        + " not touch its heap (AlwaysPreTouch uses all GC threads); bare calls: timed inside. *of raw* is the"
                        + " speed over that of the first row, *over ours* the time over that of prefault=heap, round by"
                        + " round.");
        for (String caseName : samples.cases(name())) {
            page.subheading(caseName);
            page.table(
                    List.of("", "ms", "GiB/s", "of raw", "over ours"),
                    samples.contenders(name(), caseName).stream()
                            .map(contender -> row(samples, caseName, contender))
                            .toList());
        }
    }

    private List<String> row(Samples samples, String caseName, String contender) {
        String failure = samples.failure(name(), caseName, contender);
        if (failure != null) {
            return List.of(contender, "cannot: " + failure);
        }
        return List.of(
                contender,
                samples.spread(name(), caseName, contender, "millis").text(),
                samples.spread(name(), caseName, contender, "gibPerSecond").text(),
                samples.paired(name(), caseName, contender, RAW, "gibPerSecond", (x, raw) -> x / raw)
                        .text(),
                samples.paired(name(), caseName, contender, "ours, " + OURS, "millis", (x, ours) -> x / ours)
                        .text());
    }
}
