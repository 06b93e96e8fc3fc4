// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench;

import io.memlock.bench.contender.Contenders;
import io.memlock.bench.presence.FootprintSuite;
import io.memlock.bench.presence.HostSuite;
import io.memlock.bench.presence.KeeperSuite;
import io.memlock.bench.presence.ThroughputSuite;
import io.memlock.bench.pressure.PressureSuite;
import io.memlock.bench.report.EarlierRun;
import io.memlock.bench.report.Report;
import io.memlock.bench.speed.SpeedSuite;
import io.memlock.bench.stall.StallSuite;
import io.memlock.bench.startup.StartupSuite;
import java.util.List;

/** Runs the benchmarks and writes the report: {@code mvn -Pbench verify}. */
public final class Benchmarks {

    private Benchmarks() {}

    /** Arguments as {@link Plan#parse} reads them. */
    public static void main(String[] args) throws Exception {
        Plan plan = Plan.parse(args);
        Contenders contenders = new Contenders(plan.target().resolve("contenders"));
        List<Suite> suites = List.of(
                new StartupSuite(contenders),
                new PressureSuite(contenders),
                new SpeedSuite(contenders),
                new StallSuite(contenders),
                new ThroughputSuite(contenders),
                new KeeperSuite(contenders),
                new FootprintSuite(contenders),
                new HostSuite(contenders));
        Samples samples = new Samples();
        EarlierRun.addTo(samples, plan);
        Report report = new Report(plan, suites);
        for (Suite suite : suites) {
            if (!plan.wants(suite.name())) {
                continue;
            }
            System.out.println("== " + suite.name());
            try {
                suite.run(plan, samples);
            } catch (Exception | AssertionError e) {
                // One suite that cannot run here does not take the others with it.
                samples.cannot(suite.name(), "(suite)", "(all)", String.valueOf(e.getMessage()));
            }
            report.write(samples);
        }
        report.write(samples); // anew, too, where nothing was run: -Dbench.only=report
        System.out.println("report: " + plan.target().resolve("report.md"));
    }
}
