// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.pressure;

import io.memlock.bench.Plan;
import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import io.memlock.bench.Suite;
import io.memlock.bench.contender.Contender;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.report.Page;
import io.memlock.bench.service.SearchIndex;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.SwapFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What locking is for: a service whose neighbour takes the memory they share. */
public final class PressureSuite implements Suite {

    /** The case without a neighbour, in the same table. */
    static final String FLOOR = "floor: no agent, no pressure";

    /** The case with a neighbour as busy, but with little memory. */
    static final String BUSY_FLOOR = "floor: no agent, busy neighbour, no pressure";

    private static final String ZRAM = "zram";

    private static final int SWAP_MEGABYTES = 2048;
    private static final int FILE_MEGABYTES = 1024;

    private final Contenders contenders;

    /** A suite with these contenders. */
    public PressureSuite(Contenders contenders) {
        this.contenders = contenders;
    }

    @Override
    public String name() {
        return "pressure";
    }

    @Override
    public void run(Plan plan, Samples samples) throws Exception {
        Machine.requireUnlimitedLocking();
        int rounds = plan.rounds(1, 5);
        List<Jdk> jdks = plan.wantedJdks();
        try (SwapFile swap = SwapFile.add(SWAP_MEGABYTES)) {
            for (int round = 1; round <= rounds && swap != null; round++) {
                for (Jdk jdk : jdks) {
                    runWithSwap(plan, samples, jdk, round);
                }
            }
            if (swap != null && !plan.quick()) {
                runSearch(plan, samples, jdks, rounds);
            }
        }
        if (plan.quick()) {
            return;
        }
        runWithZram(plan, samples, jdks, rounds);
        runWithoutSwap(plan, samples, jdks, rounds);
    }

    private void runWithoutSwap(Plan plan, Samples samples, List<Jdk> jdks, int rounds) throws Exception {
        Path file = plan.target().toAbsolutePath().resolve("page-cache.bin");
        if (Files.readAllLines(Path.of("/proc/swaps")).size() > 1) { // more than the titles
            samples.cannot(
                    name(), PressureCases.swapOff(file).name(), "(all)", "the machine has swap space of its own");
            return;
        }
        try {
            Commands.succeed(
                    "dd",
                    "if=/dev/zero",
                    "of=" + file,
                    "bs=1M",
                    "count=" + FILE_MEGABYTES,
                    "oflag=direct",
                    "status=none");
            for (int round = 1; round <= rounds; round++) {
                for (Jdk jdk : jdks) {
                    runCase(plan, samples, jdk, Collector.G1, PressureCases.swapOff(file), everybody(), round);
                }
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void runWithSwap(Plan plan, Samples samples, Jdk jdk, int round) throws InterruptedException {
        if (plan.quick()) {
            for (PressureCase pressure : PressureCases.withSwap().subList(0, 2)) {
                runCase(plan, samples, jdk, Collector.G1, pressure.lasting(0, 3), quick(), round);
            }
            return;
        }
        for (PressureCase pressure : PressureCases.withSwap()) {
            runCase(plan, samples, jdk, Collector.G1, pressure, everybody(), round);
        }
        for (Collector collector : jdk.collectors()) {
            for (PressureCase pressure : collector == Collector.G1 ? List.<PressureCase>of() : PressureCases.heaps()) {
                runCase(plan, samples, jdk, collector, pressure, compared(), round);
            }
        }
    }

    private void runSearch(Plan plan, Samples samples, List<Jdk> jdks, int rounds) throws Exception {
        Path index = Files.createTempDirectory(plan.target().toAbsolutePath(), "index");
        PressureCase search = PressureCases.search(index);
        try {
            if (jdks.stream().anyMatch(jdk -> plan.wantsCase(caseName(search, Collector.G1, jdk)))) {
                SearchIndex.write(index);
            }
            for (int round = 1; round <= rounds; round++) {
                for (Jdk jdk : jdks) {
                    runCase(plan, samples, jdk, Collector.G1, search, everybody(), round);
                }
            }
        } finally {
            Commands.succeed("rm", "-r", index.toString());
        }
    }

    /** Memory compressed in memory: the swap of many a cloud image. */
    private void runWithZram(Plan plan, Samples samples, List<Jdk> jdks, int rounds) throws InterruptedException {
        if (!ZramSwap.isThere()) {
            samples.cannot(name(), ZRAM, "(all)", "no /dev/zram0");
            return;
        }
        try (ZramSwap swap = ZramSwap.add(SWAP_MEGABYTES)) {
            for (int round = 1; round <= rounds && swap != null; round++) {
                for (Jdk jdk : jdks) {
                    for (Collector collector : jdk.collectors()) {
                        for (PressureCase pressure : PressureCases.heaps()) {
                            PressureCase zram = pressure.named(pressure.name() + ", " + ZRAM);
                            runCase(plan, samples, jdk, collector, zram, compared(), round);
                        }
                    }
                }
            }
        }
    }

    private void runCase(
            Plan plan,
            Samples samples,
            Jdk jdk,
            Collector collector,
            PressureCase pressure,
            List<Contender> runners,
            int round)
            throws InterruptedException {
        String caseName = caseName(pressure, collector, jdk);
        if (!plan.wantsCase(caseName)) {
            return;
        }
        if (pressure.limitMegabytes() > Machine.memoryBytes() >> 20) {
            samples.cannot(
                    name(), caseName, "(all)", "less memory than the " + pressure.limitMegabytes() + " MiB needed");
            return;
        }
        PrivateJdk own = PrivateJdk.copyOf(jdk, plan.target());
        for (Contender contender : plan.wanted(runners)) {
            if (samples.failure(name(), caseName, contender.name()) != null) {
                continue;
            }
            List<String> flags = new ArrayList<>(contender.flags());
            flags.add(collector.flag());
            PressureCase timed = pressure.lasting(pressure.idleSeconds(), plan.seconds(pressure.seconds()));
            try {
                Map<String, Double> values = new PressureRun(own.cold(), timed).run(flags, neighbour(contender));
                samples.add(new Sample(name(), caseName, contender.name(), round, values));
            } catch (PressureRun.EndedError e) {
                samples.add(new Sample(name(), caseName, contender.name(), round, Map.of(e.value(), 1.0)));
            } catch (AssertionError e) {
                samples.cannot(name(), caseName, contender.name(), Failure.inOneLine(e));
            }
        }
    }

    private static String caseName(PressureCase pressure, Collector collector, Jdk jdk) {
        return pressure.name() + ", " + collector + ", " + jdk;
    }

    private static PressureRun.Neighbour neighbour(Contender contender) {
        return switch (contender.name()) {
            case FLOOR -> PressureRun.Neighbour.NONE;
            case BUSY_FLOOR -> PressureRun.Neighbour.MODEST;
            default -> PressureRun.Neighbour.GREEDY;
        };
    }

    private List<Contender> everybody() {
        List<Contender> runners = new ArrayList<>(contenders.all());
        runners.add(0, new Contender(FLOOR, List.of()));
        runners.add(1, new Contender(BUSY_FLOOR, List.of()));
        runners.add(contenders.currentFuture().again());
        return runners;
    }

    /** Those whose figures have targets: there are too many cases for everybody. */
    private List<Contender> compared() {
        return List.of(
                new Contender(BUSY_FLOOR, List.of()),
                Contenders.none(),
                contenders.currentFuture(),
                contenders.currentFuture().again(),
                Contenders.MODE_ALL,
                Contenders.FUTURE,
                Contenders.PREFAULT);
    }

    private List<Contender> quick() {
        return List.of(new Contender(FLOOR, List.of()), Contenders.none(), contenders.current(), Contenders.MODE_ALL);
    }

    @Override
    public void reportInShort(Samples samples, Page page) {
        new PressureReport(name(), samples, page).writeInShort();
    }

    @Override
    public void report(Samples samples, Page page) {
        new PressureReport(name(), samples, page).write();
    }
}
