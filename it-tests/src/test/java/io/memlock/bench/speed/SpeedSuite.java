// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.speed;

import io.memlock.bench.Plan;
import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import io.memlock.bench.Suite;
import io.memlock.bench.contender.Contender;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.report.Page;
import io.memlock.bench.startup.TimedProcess;
import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import java.util.List;
import java.util.Map;

/** A heap of some GiB made resident: by us, by AlwaysPreTouch, by naive locks, and by the bare system calls. */
public final class SpeedSuite implements Suite {

    private static final String SUITE = "speed";

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
        return SUITE;
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
        Processes processes = new Processes(jdk, gigabytes, thp);
        ForkedJvm.Builder nothing = processes.calls("nothing");
        Round measured = new Round(samples, caseName(jdk, gigabytes, thp), gigabytes, round);
        measured.add(RAW, processes.calls("populate"), nothing);
        measured.add(Contender.nameAgain(RAW), processes.calls("populate"), nothing);
        measured.add(RAW_CHUNKS, processes.calls("populate-chunks"), nothing);
        measured.add(RAW_MLOCK, processes.calls("mlock"), nothing);
        compare(measured, processes, Contenders.alwaysPreTouch(), Contenders.none());
        compare(measured, processes, contenders.current(), contenders.empty());
        compare(measured, processes, contenders.preTouchThenLock(), contenders.empty());
        compare(measured, processes, Contenders.ours(OURS), Contenders.MODE_ALL);
    }

    private static void compare(Round measured, Processes processes, Contender contender, Contender without) {
        measured.add(contender.name(), processes.hello(contender), processes.hello(without));
    }

    /** Processes with as much memory. */
    private record Processes(Jdk jdk, int gigabytes, boolean thp) {

        ForkedJvm.Builder calls(String call) {
            return ForkedJvm.on(jdk)
                    .withJna()
                    .main(RawCallsApp.class, call, Integer.toString(gigabytes * 1024), thp ? "thp" : "small");
        }

        ForkedJvm.Builder hello(Contender contender) {
            return ForkedJvm.on(jdk)
                    .flags(contender.flags().toArray(String[]::new))
                    .flags("-Xms" + gigabytes + "g", "-Xmx" + gigabytes + "g", "-XX:+UseG1GC")
                    .flags(thp ? "-XX:+UseTransparentHugePages" : "-XX:-UseTransparentHugePages")
                    .main(HelloApp.class);
        }
    }

    /** What is measured once of each. */
    private record Round(Samples samples, String caseName, int gigabytes, int number) {

        /** What the whole process takes longer than one that does not touch the memory. */
        void add(String name, ForkedJvm.Builder process, ForkedJvm.Builder without) {
            try {
                double base = wallMillis(without);
                double millis = wallMillis(process) - base;
                Map<String, Double> values = Map.of("millis", millis, "gibPerSecond", gigabytes * 1000 / millis);
                samples.add(new Sample(SUITE, caseName, name, number, values));
            } catch (IllegalStateException e) {
                samples.cannot(SUITE, caseName, name, e.getMessage());
            }
        }

        private static double wallMillis(ForkedJvm.Builder process) {
            return TimedProcess.run(process.command()).get("wallMillis");
        }
    }

    @Override
    public void report(Samples samples, Page page) {
        page.heading("Speed of faulting in and locking");
        page.text(
                "A heap of that size with Xms = Xmx, G1 (AlwaysPreTouch uses all GC threads), and the bare calls on a mapping"
                        + " as large: wall time of the whole process less that of one that does the same but touch the"
                        + " memory. Giving the memory back at the end counts for all of them. *of raw* is the speed over that"
                        + " of the first row, *over ours* the time over that of prefault=heap, round by round.");
        for (String caseName : samples.cases(name())) {
            page.subheading(caseName);
            page.table(
                    List.of("", "ms", "GiB/s", "of raw", "over ours"),
                    samples.rows(name(), caseName, contender -> cells(samples, caseName, contender)));
        }
    }

    private List<String> cells(Samples samples, String caseName, String contender) {
        return List.of(
                samples.spread(name(), caseName, contender, "millis").text(),
                samples.spread(name(), caseName, contender, "gibPerSecond").text(),
                samples.paired(name(), caseName, contender, RAW, "gibPerSecond", (x, raw) -> x / raw)
                        .text(),
                samples.paired(name(), caseName, contender, "ours, " + OURS, "millis", (x, ours) -> x / ours)
                        .text());
    }
}
