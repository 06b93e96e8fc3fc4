// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.presence;

import io.memlock.bench.Plan;
import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import io.memlock.bench.Suite;
import io.memlock.bench.Target;
import io.memlock.bench.contender.Contender;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.report.Page;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.ProcTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** CPU time of the agent's threads in a JVM that does nothing, by number of mappings and by resident bytes. */
public final class KeeperSuite implements Suite {

    private static final int START_UP_SECONDS = 12;
    private static final int SMALL_HEAP = 64;

    /** A suite; we are its only contender. */
    public KeeperSuite(Contenders contenders) {}

    @Override
    public String name() {
        return "keeper";
    }

    @Override
    public void run(Plan plan, Samples samples) throws Exception {
        Jdk jdk = Plan.jdks().get(0);
        for (int round = 1; round <= plan.rounds(1, 5); round++) {
            for (int mappings : plan.quick() ? new int[] {60_000} : new int[] {0, 1_000, 10_000, 60_000}) {
                measure(plan, samples, jdk, mappings, SMALL_HEAP, round);
            }
            for (int megabytes : plan.quick() ? new int[] {} : new int[] {256, 1024, 4096, 8192}) {
                measure(plan, samples, jdk, 0, megabytes, round);
            }
        }
    }

    /** Both strategies at the same time. They are idle. */
    private void measure(Plan plan, Samples samples, Jdk jdk, int mappings, int heapMegabytes, int round)
            throws Exception {
        String caseName =
                (mappings == 0 ? "usual mappings" : mappings + " mappings more") + ", " + heapMegabytes + " MiB heap";
        if (!plan.wantsCase(caseName)) {
            return;
        }
        double seconds = plan.seconds(plan.quick() ? 6 : 60);
        List<Contender> runners = List.of(Contenders.MODE_ALL, Contenders.RESCAN);
        List<ForkedJvm> jvms = new ArrayList<>();
        try {
            for (Contender contender : runners) {
                jvms.add(start(jdk, contender, mappings, heapMegabytes));
            }
            for (ForkedJvm jvm : jvms) {
                jvm.awaitLine("ready");
            }
            Thread.sleep(START_UP_SECONDS * 1000L);
            List<Long> before = cpuNanos(jvms);
            Thread.sleep((long) (seconds * 1000));
            List<Long> after = cpuNanos(jvms);
            for (int i = 0; i < jvms.size(); i++) {
                double percent = (after.get(i) - before.get(i)) / (seconds * 1e9) * 100;
                Map<String, Double> values = Map.of("cpuPercent", percent, "mappings", (double) mappings(jvms.get(i)));
                samples.add(new Sample(name(), caseName, runners.get(i).name(), round, values));
            }
        } finally {
            jvms.forEach(ForkedJvm::close);
        }
    }

    private static ForkedJvm start(Jdk jdk, Contender contender, int mappings, int heapMegabytes) {
        return ForkedJvm.on(jdk)
                .withJna()
                .flags(contender.flags().toArray(String[]::new))
                .flags("-Xms" + heapMegabytes + "m", "-Xmx" + heapMegabytes + "m")
                .flags("-XX:+AlwaysPreTouch", "-XX:+UseG1GC")
                .main(KeeperApp.class, Integer.toString(mappings))
                .start();
    }

    private static List<Long> cpuNanos(List<ForkedJvm> jvms) throws IOException {
        List<Long> nanos = new ArrayList<>();
        for (ForkedJvm jvm : jvms) {
            nanos.add(agentNanos(jvm.pid()));
        }
        return nanos;
    }

    private static long agentNanos(long pid) throws IOException {
        long nanos = 0;
        for (ProcTask task : ProcTask.of(pid)) {
            nanos += task.isAgents() ? task.cpuNanos() : 0;
        }
        if (nanos == 0) {
            throw new AssertionError("no thread of the agent in " + pid);
        }
        return nanos;
    }

    private static long mappings(ForkedJvm jvm) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + jvm.pid() + "/maps"))) {
            return lines.count();
        }
    }

    @Override
    public List<Target> targets(Samples samples) {
        return samples.cases(name()).stream()
                .flatMap(caseName -> samples.contenders(name(), caseName).stream()
                        .map(contender -> Target.atMost(
                                0.1,
                                "% of a CPU, idle: " + contender + ", " + caseName,
                                samples.spread(name(), caseName, contender, "cpuPercent"))))
                .toList();
    }

    @Override
    public void report(Samples samples, Page page) {
        page.heading("Cost of being there: the agent's threads");
        page.text("CPU time of the threads `memlock-*` in an idle JVM, in percent of one CPU.");
        List<List<String>> rows = new ArrayList<>();
        for (String caseName : samples.cases(name())) {
            for (String contender : samples.contenders(name(), caseName)) {
                rows.add(List.of(
                        caseName,
                        contender,
                        samples.spread(name(), caseName, contender, "mappings").text(),
                        samples.spread(name(), caseName, contender, "cpuPercent")
                                .text()));
            }
        }
        page.table(List.of("", "agent", "mappings", "% of a CPU"), rows);
    }
}
