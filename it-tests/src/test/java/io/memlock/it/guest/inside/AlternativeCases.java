// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import io.memlock.bench.contender.Contender;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.pressure.PressureCase;
import io.memlock.bench.pressure.PressureRun;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.MemoryCgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What else keeps a JVM's memory in RAM, and what each of these does for a service that reads its heap at a steady rate. A
 * neighbour with a cgroup of its own needs more than is left of the limit that both share; swap and the JDK are on disks.
 * The ways take turns in each round, and a row of figures for each is the end of the list.
 */
final class AlternativeCases {

    private static final String SUITE = "alternatives";
    private static final String FLOOR = "no pressure";
    private static final int ROUNDS = 3;

    private static final long MEGABYTE = 1 << 20;
    private static final long LIMIT_MEGABYTES = 520;

    /** A little more than the service has resident without pressure. */
    private static final long SERVICE_MEGABYTES = 300;

    /** The heap of 200 MB, and not the code cache, which then takes ordinary pages. */
    private static final long POOL_MEGABYTES = 224;

    private static final PressureCase STEADY_READER = new PressureCase(
            "steady reader",
            "heap",
            110,
            List.of("-Xms200m", "-Xmx200m", "-XX:+UseSerialGC"),
            (int) LIMIT_MEGABYTES,
            List.of("memory", "440"),
            50,
            0,
            15);

    /** No lock keeps code that was never touched. */
    private static final double FIRST_TOUCHES_OF_CODE = 20;

    /** Where vmtouch writes its process ID. */
    private static final Path TOUCHER = Path.of("/tmp/vmtouch.pid");

    private static final Path HUGE_PAGES = Path.of("/proc/sys/vm/nr_hugepages");
    private static final Path SECOND_CPU = Path.of("/sys/devices/system/cpu/cpu1/online");

    private final Jdk jdk;
    private final Samples samples = new Samples();
    private Jdk own;

    AlternativeCases(Jdk jdk) {
        this.jdk = jdk;
    }

    /**
     * A way to keep memory in RAM.
     *
     * @param contender its name and the flags of the JVM
     * @param cgroup files of the service's memory cgroup and what is written to them
     * @param poolMegabytes of huge pages, which the limit then lacks: they count in no memory cgroup
     * @param touch whether vmtouch locks the files of the JDK
     */
    private record Way(Contender contender, Map<String, String> cgroup, long poolMegabytes, boolean touch) {

        static Way flags(Contender contender) {
            return new Way(contender, Map.of(), 0, false);
        }

        static Way cgroup(String file, long value) {
            Contender contender = new Contender(file + "=" + value, List.of());
            return new Way(contender, Map.of(file, Long.toString(value)), 0, false);
        }

        String name() {
            return contender.name();
        }
    }

    List<Case> list() throws IOException {
        Contenders contenders = new Contenders(Path.of("/tmp/contenders"));
        List<Way> ways = List.of(
                Way.flags(new Contender(FLOOR, List.of())),
                Way.flags(Contenders.none()),
                Way.flags(Contenders.MODE_ALL),
                Way.cgroup("memory.swap.max", 0),
                Way.cgroup("memory.min", SERVICE_MEGABYTES * MEGABYTE),
                Way.flags(Contenders.alwaysPreTouch()),
                new Way(new Contender("hugetlbfs", List.of("-XX:+UseLargePages")), Map.of(), POOL_MEGABYTES, false),
                new Way(new Contender("vmtouch -l of the JDK", List.of()), Map.of(), 0, true),
                Way.flags(contenders.preTouchThenLock()),
                Way.flags(contenders.currentFuture()));
        List<Case> cases = new ArrayList<>();
        for (int i = 1; i <= ROUNDS; i++) {
            int round = i;
            for (Way way : ways) {
                cases.add(new Case(way.name() + ", round " + round, () -> measured(way, round)));
            }
        }
        for (Way way : ways) {
            cases.add(new Case(way.name(), () -> row(way.name())));
        }
        cases.add(new Case("needs the disk for no page that was touched", this::oursHolds));
        return cases;
    }

    private String measured(Way way, int round) throws Exception {
        // The emulator gives its CPUs turns of 100 ms, Linux gives its processes shorter ones.
        Files.writeString(SECOND_CPU, "0");
        Jdk cold = ownJdk();
        try (Disk swap = Disk.swapOn(Disk.DEVICE)) {
            Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
            Files.writeString(HUGE_PAGES, Long.toString(way.poolMegabytes() / 2));
            Map<String, Double> values = pressed(way, cold);
            samples.add(new Sample(SUITE, STEADY_READER.name(), way.name(), round, values));
            return "p99.9 " + Math.round(values.get("p99.9")) + " us, " + values.get("majorFaults")
                    + " major faults, with " + swap;
        } finally {
            Files.writeString(HUGE_PAGES, "0");
            Files.writeString(SECOND_CPU, "1");
        }
    }

    /** A copy on a disk, so that the kernel can drop its pages. It stays mounted until the guest ends. */
    private Jdk ownJdk() throws IOException {
        if (own == null) {
            Path home = Disk.mounted(Disk.SECOND_DEVICE).directory().resolve("jdk");
            Commands.succeed("busybox", "cp", "-a", jdk.home().toString(), home.toString());
            Commands.succeed("busybox", "sync");
            own = new Jdk(home, jdk.feature(), jdk.version());
        }
        return own;
    }

    private static Map<String, Double> pressed(Way way, Jdk cold) throws Exception {
        PressureRun.Neighbour beside =
                way.name().equals(FLOOR) ? PressureRun.Neighbour.MODEST : PressureRun.Neighbour.GREEDY;
        try (MemoryCgroup both = MemoryCgroup.withLimit((LIMIT_MEGABYTES - way.poolMegabytes()) * MEGABYTE);
                MemoryCgroup service = both.child("service");
                MemoryCgroup neighbour = both.child("neighbour")) {
            way.cgroup().forEach(service::set);
            List<String> flags = way.contender().flags();
            if (!way.touch()) {
                return new PressureRun(cold, STEADY_READER).run(flags, beside, service, neighbour);
            }
            List<String> touch = new ArrayList<>(service.wrapper());
            String files = cold.home().resolve("lib").toString();
            touch.addAll(List.of("vmtouch", "-d", "-l", "-w", "-P", TOUCHER.toString(), files));
            Commands.succeed(touch.toArray(String[]::new));
            try {
                return new PressureRun(cold, STEADY_READER).run(flags, beside, service, neighbour);
            } finally {
                end(Long.parseLong(Files.readString(TOUCHER).strip()));
            }
        }
    }

    private static void end(long pid) {
        ProcessHandle.of(pid).ifPresent(process -> {
            process.destroy();
            process.onExit().join();
        });
    }

    private String row(String name) {
        return "p99.9 " + timesFloor(name, "p99.9") + " x, worst " + timesFloor(name, "p100") + " x, major faults "
                + samples.spread(SUITE, STEADY_READER.name(), name, "majorFaults")
                        .text() + ", resident MiB "
                + samples.spread(SUITE, STEADY_READER.name(), name, "residentMegabytes")
                        .text()
                + ", swapped MiB "
                + samples.spread(SUITE, STEADY_READER.name(), name, "swappedMegabytes")
                        .text();
    }

    private String timesFloor(String name, String value) {
        return samples.paired(SUITE, STEADY_READER.name(), name, FLOOR, value, (x, floor) -> x / floor)
                .text();
    }

    /** Without a fault in the JVM that nothing keeps in RAM there was no pressure. */
    private String oursHolds() {
        double plain = most(Contender.NO_AGENT);
        double ours = most(Contenders.MODE_ALL.name());
        String figures = "without the agent " + plain + " major faults, with it " + ours;
        Case.check(plain > FIRST_TOUCHES_OF_CODE && ours <= FIRST_TOUCHES_OF_CODE, figures);
        return figures;
    }

    private double most(String name) {
        return samples.spread(SUITE, STEADY_READER.name(), name, "majorFaults").max();
    }
}
