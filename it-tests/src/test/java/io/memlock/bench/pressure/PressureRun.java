// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.pressure;

import io.memlock.bench.service.NeighbourApp;
import io.memlock.bench.service.ServiceApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.lucene.search.IndexSearcher;

/** Runs one case once: service and neighbour on a CPU each, in one cgroup. */
public final class PressureRun {

    private static final int MEGABYTE = 1 << 20;
    private static final double WARM_UP_SECONDS = 2;

    /** In place of megabytes: as much as the service has not taken when it is warm, but for some room to grow. */
    static final String THE_REST = "rest";

    /** Room for the neighbour's own JVM, and for the service to grow before memory is short. */
    private static final int ROOM_MEGABYTES = 64;

    /** From the end of its output to the end of a process. */
    private static final Duration TIME_TO_END = Duration.ofSeconds(1);

    /** Fits beside any service. */
    private static final List<String> MODEST = List.of("memory", "32");

    /** Who shares the service's memory cgroup, on a CPU of its own. */
    public enum Neighbour {
        /** Nobody. */
        NONE,
        /** As busy as the greedy one, with little memory: no pressure. */
        MODEST,
        /** Touches more than the service leaves. */
        GREEDY
    }

    /** The service or its neighbour did not live to the end: the OOM killer ended it, or its JVM gave up. */
    public static final class EndedError extends AssertionError {

        private static final long serialVersionUID = 1;

        private final String value;

        private EndedError(String value, AssertionError cause) {
            super(cause.getMessage(), cause);
            this.value = value;
        }

        /** The value of a sample that tells who ended: {@link #SERVICE_ENDED} or {@link #NEIGHBOUR_ENDED}. */
        public String value() {
            return value;
        }
    }

    /** 1 where the service did not live to the end. */
    static final String SERVICE_ENDED = "serviceEnded";

    /** 1 where the neighbour did not live to the end. */
    static final String NEIGHBOUR_ENDED = "neighbourEnded";

    private final Jdk jdk;
    private final PressureCase pressure;

    /** A run of a case on a JDK. */
    public PressureRun(Jdk jdk, PressureCase pressure) {
        this.jdk = jdk;
        this.pressure = pressure;
    }

    /**
     * Runs it.
     *
     * @param contenderFlags what makes the service's JVM lock its memory, or not
     * @param beside the service; a floor without pressure has none, or a modest one
     * @return latencies as {@code p99.9} in microseconds, {@code majorFaults}, {@code swappedMegabytes} and
     *     {@code residentMegabytes} (Pss) of the service, and {@code neighbourMegabytesPerSecond}
     * @throws EndedError if the service or its neighbour does not live to the end
     */
    public Map<String, Double> run(List<String> contenderFlags, Neighbour beside) throws InterruptedException {
        try (MemoryCgroup cgroup = MemoryCgroup.withLimit((long) pressure.limitMegabytes() * MEGABYTE)) {
            return run(contenderFlags, beside, cgroup, cgroup);
        }
    }

    /**
     * Runs it in two cgroups of the caller's, which share a limit.
     *
     * @param ofService the cgroup of the service
     * @param ofNeighbour the cgroup of who is beside it
     */
    public Map<String, Double> run(
            List<String> contenderFlags, Neighbour beside, MemoryCgroup ofService, MemoryCgroup ofNeighbour)
            throws InterruptedException {
        try (ForkedJvm service = service(ofService, contenderFlags)) {
            service.awaitLine("ready");
            service.ask("warm " + pressure.requestsPerSecond() + " " + WARM_UP_SECONDS);
            if (beside == Neighbour.NONE) {
                return measure(service, null);
            }
            List<String> what = beside == Neighbour.MODEST ? MODEST : greedy(ofService);
            try (ForkedJvm neighbour = neighbour(ofNeighbour, what)) {
                return measureBeside(neighbour, service);
            }
        }
    }

    private Map<String, Double> measureBeside(ForkedJvm neighbour, ForkedJvm service) throws InterruptedException {
        try {
            neighbour.awaitLine("ready");
            return measure(service, neighbour);
        } catch (AssertionError e) {
            if (service.endsWithin(TIME_TO_END)) {
                throw new EndedError(SERVICE_ENDED, e);
            }
            throw neighbour.endsWithin(TIME_TO_END) ? new EndedError(NEIGHBOUR_ENDED, e) : e;
        }
    }

    private List<String> greedy(MemoryCgroup cgroup) {
        return pressure.neighbour().stream()
                .map(word -> word.equals(THE_REST) ? Long.toString(restMegabytes(cgroup)) : word)
                .toList();
    }

    private long restMegabytes(MemoryCgroup cgroup) {
        return pressure.limitMegabytes() - cgroup.usageBytes() / MEGABYTE - ROOM_MEGABYTES;
    }

    private Map<String, Double> measure(ForkedJvm service, ForkedJvm neighbour) throws InterruptedException {
        long start = System.nanoTime();
        double before = passed(neighbour);
        long faults = status(service).majorFaults();
        Thread.sleep((long) (pressure.idleSeconds() * 1000));
        String answer = service.ask("run " + pressure.requestsPerSecond() + " " + pressure.seconds());
        ProcStatus after = status(service);
        Map<String, Double> values = parse(answer);
        values.put("majorFaults", (double) (after.majorFaults() - faults));
        values.put("swappedMegabytes", (double) after.swappedBytes() / MEGABYTE);
        if (neighbour != null) {
            double seconds = (System.nanoTime() - start) / 1e9;
            values.put("neighbourMegabytesPerSecond", (passed(neighbour) - before) / seconds);
        }
        long resident =
                Smaps.of(service.pid()).proportionalBytes() + after.hugetlbBytes(); // last: it stalls the service
        values.put("residentMegabytes", (double) resident / MEGABYTE);
        return values;
    }

    private static ProcStatus status(ForkedJvm service) {
        try {
            return ProcStatus.of(service.pid());
        } catch (UncheckedIOException e) {
            throw new AssertionError("the service has ended", e);
        }
    }

    private static double passed(ForkedJvm neighbour) {
        return neighbour == null ? 0 : Double.parseDouble(neighbour.ask("?"));
    }

    /** Reads {@code name=value name=value}. */
    public static Map<String, Double> parse(String answer) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (String pair : answer.split(" ", -1)) {
            String[] sides = pair.split("=", 2);
            if (sides.length == 2 && !sides[0].equals("sink")) {
                values.put(sides[0], Double.valueOf(sides[1]));
            }
        }
        return values;
    }

    private ForkedJvm service(MemoryCgroup cgroup, List<String> contenderFlags) {
        return ForkedJvm.on(jdk)
                .wrapper(cgroup.wrapper())
                .wrapper(onCpu(0))
                .classPath(
                        AgentJar.testClasses(), AgentJar.codeOf(Histogram.class), AgentJar.codeOf(IndexSearcher.class))
                .flags(contenderFlags.toArray(String[]::new))
                .flags(pressure.flags().toArray(String[]::new))
                .main(ServiceApp.class, pressure.workload(), Integer.toString(pressure.liveMegabytes()))
                .start();
    }

    private ForkedJvm neighbour(MemoryCgroup cgroup, List<String> what) {
        return ForkedJvm.on(jdk)
                .wrapper(cgroup.wrapper())
                .wrapper(onCpu(1))
                .flags("-Xmx32m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=16g")
                .main(NeighbourApp.class, what.toArray(String[]::new))
                .start();
    }

    /** Service and neighbour compete for memory, not for a CPU. */
    private static List<String> onCpu(int cpu) {
        int cpus = Runtime.getRuntime().availableProcessors();
        return List.of("taskset", "-c", Integer.toString(cpu % cpus));
    }
}
