// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.startup;

import io.memlock.bench.Plan;
import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import io.memlock.bench.Spread;
import io.memlock.bench.Suite;
import io.memlock.bench.Target;
import io.memlock.bench.contender.Contender;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.report.Page;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Hello world, the whole process: with an empty agent (a), with JNA and one mlockall (b), with us, with the others. */
public final class StartupSuite implements Suite {

    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final int FIRST_JDK_THAT_WARNS = 24;

    private final Contenders contenders;
    private final Map<String, String> whereItGoes = new LinkedHashMap<>();

    /** A suite with these contenders. */
    public StartupSuite(Contenders contenders) {
        this.contenders = contenders;
    }

    @Override
    public String name() {
        return "startup";
    }

    @Override
    public void run(Plan plan, Samples samples) throws Exception {
        int rounds = plan.rounds(2, 21);
        for (Jdk jdk : plan.wantedJdks()) {
            if (!plan.wantsCase(jdk.toString())) {
                continue;
            }
            List<Contender> runners = plan.wanted(runners(jdk));
            for (int round = 0; round <= rounds; round++) {
                for (Contender contender : runners) {
                    measure(samples, jdk, contender, round);
                }
            }
            whereItGoes.put(jdk.toString(), debugLine(jdk));
        }
    }

    private List<Contender> runners(Jdk jdk) {
        Contender onFault = contenders.onFault();
        Contender granted = jdk.feature() < FIRST_JDK_THAT_WARNS
                ? null
                : new Contender(
                        onFault.name() + ", native access granted",
                        List.of(NATIVE_ACCESS, onFault.flags().get(0)));
        return Stream.of(
                        Contenders.none(),
                        contenders.empty(),
                        contenders.empty().again(),
                        onFault,
                        granted,
                        Contenders.MODE_ALL,
                        Contenders.RESCAN,
                        contenders.current(),
                        contenders.currentFuture(),
                        contenders.openHft(),
                        contenders.oneNio(),
                        Contenders.alwaysPreTouch())
                .filter(Objects::nonNull)
                .toList();
    }

    private void measure(Samples samples, Jdk jdk, Contender contender, int round) throws Exception {
        List<String> command = ForkedJvm.on(jdk)
                .flags(contender.flags().toArray(String[]::new))
                .flags("-Xms64m", "-Xmx256m")
                .main(HelloApp.class)
                .command();
        try {
            Map<String, Double> values = TimedProcess.run(command);
            if (round > 0) { // the first filled the caches
                samples.add(new Sample(name(), jdk.toString(), contender.name(), round, values));
            }
        } catch (IllegalStateException e) {
            samples.cannot(name(), jdk.toString(), contender.name(), e.getMessage());
        }
    }

    private static String debugLine(Jdk jdk) {
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("mode=all,log=debug")
                .main(HeapApp.class)
                .start()) {
            return jvm.awaitErrorLine("[memlock] start-up took");
        }
    }

    @Override
    public List<Target> targets(Samples samples) {
        return samples.cases(name()).stream()
                .flatMap(jdk -> Stream.of(
                        wanted(samples, jdk, Contenders.MODE_ALL, 0.40), wanted(samples, jdk, Contenders.RESCAN, 0.70)))
                .toList();
    }

    private Target wanted(Samples samples, String jdk, Contender ours, double bound) {
        double figure = figure(samples, jdk, ours.name(), "cpuMillis");
        return Target.atMost(
                bound,
                "CPU of a start, of plain JNA's: " + ours.name() + ", " + jdk,
                Spread.of(Double.isNaN(figure) ? List.of() : List.of(figure)));
    }

    @Override
    public void report(Samples samples, Page page) {
        page.heading("Start-up");
        page.text(
                "Hello world with `-Xms64m -Xmx256m`, the whole process; median of interleaved rounds (smallest-largest)."
                        + " *a* is an empty `-javaagent`; *b* is an agent that loads JNA on the plain class path, registers"
                        + " (`Native.register`, no child process) and calls `mlockall` with the flags we use. The figure is"
                        + " (ours - a) / (b - a), of the medians of differences within a round.");
        for (String caseName : samples.cases(name())) {
            page.subheading(caseName);
            List<String> names = samples.contenders(name(), caseName);
            page.table(
                    List.of("", "wall ms", "CPU ms", "wall, less a", "(x - a) / (b - a) wall", "CPU"),
                    samples.rows(name(), caseName, contender -> cells(samples, caseName, contender)));
            String steps = whereItGoes.get(caseName);
            if (steps != null) {
                page.text("Where ours goes, in one run: `" + steps + "`");
            }
            page.bars("startup " + caseName, "wall ms", names, contender -> samples.spread(
                            name(), caseName, contender, "wallMillis")
                    .median());
        }
    }

    private List<String> cells(Samples samples, String caseName, String contender) {
        return List.of(
                samples.spread(name(), caseName, contender, "wallMillis").text(),
                samples.spread(name(), caseName, contender, "cpuMillis").text(),
                samples.paired(name(), caseName, contender, contenders.empty().name(), "wallMillis", (x, a) -> x - a)
                        .text(),
                Spread.number(figure(samples, caseName, contender, "wallMillis")),
                Spread.number(figure(samples, caseName, contender, "cpuMillis")));
    }

    private double figure(Samples samples, String caseName, String contender, String value) {
        return lessEmpty(samples, caseName, contender, value)
                / lessEmpty(samples, caseName, contenders.onFault().name(), value);
    }

    private double lessEmpty(Samples samples, String caseName, String contender, String value) {
        return samples.paired(name(), caseName, contender, contenders.empty().name(), value, (x, a) -> x - a)
                .median();
    }
}
