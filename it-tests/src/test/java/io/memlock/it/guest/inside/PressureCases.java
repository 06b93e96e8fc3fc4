// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Pressure;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A neighbour in the same control group needs memory, and there is swap: whoever did not lock goes there. */
final class PressureCases {

    private static final long LIMIT = 400L << 20;
    private static final long UNLIMITED = 8L << 30;

    /** Not each takes the same way through libjvm.so. */
    private static final int COLLECTIONS = 5;

    /** No lock keeps code that was never touched: 5 were seen. The JVM without the agent has thousands of faults. */
    private static final long FIRST_TOUCHES_OF_CODE = 20;

    private final Jdk jdk;

    PressureCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list() {
        return List.of(
                new Case("needs no swap on a disk under memory.max", () -> onDisk("memory.max")),
                new Case("needs no swap on a disk under memory.high", () -> onDisk("memory.high")),
                new Case("needs no swap in compressed memory under memory.max", this::onZram),
                new Case("lives where memory.swap.max is 0", this::withoutSwap),
                new Case("stays locked through a freeze", this::staysLockedThroughAFreeze));
    }

    private String onDisk(String file) throws Exception {
        return withSwap(Disk.DEVICE, file);
    }

    private String onZram() throws Exception {
        Path size = Path.of("/sys/block/zram0/disksize");
        if (!Files.exists(size)) {
            throw new Case.Inapplicable("this kernel has no zram");
        }
        Files.writeString(size, "512M");
        return withSwap("/dev/zram0", "memory.max");
    }

    private String withSwap(String device, String file) {
        try (Disk swap = Disk.swapOn(device)) {
            Pressed plain = pressed(file, Apps.grown(jdk, "-XX:+UseSerialGC"), jvm -> {});
            Pressed locked = pressed(
                    file,
                    Apps.grown(jdk, "-XX:+UseSerialGC").agent("mode=all"),
                    jvm -> Judge.everythingBecomesLocked(jvm, "grown"));
            String figures = "with " + swap + ", without the agent " + plain + "; with it " + locked;
            Case.check(plain.swappedBytes() > 0, "there was no pressure: " + figures);
            Case.check(locked.swappedBytes() == 0 && locked.majorFaults() <= FIRST_TOUCHES_OF_CODE, figures);
            return figures;
        }
    }

    /** What a neighbour did to a JVM. */
    private record Pressed(long swappedBytes, long majorFaults) {

        @Override
        public String toString() {
            return (swappedBytes >> 10) + " kB in swap and " + majorFaults + " major faults";
        }
    }

    /** The group has little room: new memory is locked by the next pass (rescan), and collecting touches code once more. */
    private Pressed pressed(String file, ForkedJvm.Builder description, Consumer<ForkedJvm> beforePressure) {
        try (MemoryCgroup cgroup = MemoryCgroup.withLimit(UNLIMITED)) {
            cgroup.set(file, Long.toString(LIMIT));
            try (ForkedJvm jvm = description.wrapper(cgroup.wrapper()).start();
                    ForkedJvm neighbour = Apps.grown(jdk, "-XX:+UseSerialGC")
                            .wrapper(cgroup.wrapper())
                            .start()) {
                jvm.awaitLine("ready");
                neighbour.awaitLine("ready");
                jvm.ask("grow 150");
                for (int i = 0; i < COLLECTIONS; i++) {
                    jvm.ask("collect");
                }
                beforePressure.accept(jvm);
                long before = ProcStatus.of(jvm.pid()).majorFaults();
                Pressure.take(neighbour, 250);
                long swapped = Smaps.of(jvm.pid()).swappedBytes();
                jvm.ask("collect");
                return new Pressed(swapped, ProcStatus.of(jvm.pid()).majorFaults() - before);
            }
        }
    }

    private String withoutSwap() {
        try (MemoryCgroup cgroup = MemoryCgroup.withLimit(LIMIT)) {
            cgroup.set("memory.swap.max", "0");
            try (ForkedJvm jvm = Apps.grown(jdk, "-XX:+UseSerialGC")
                    .wrapper(cgroup.wrapper())
                    .agent("mode=all")
                    .start()) {
                jvm.awaitLine("ready");
                jvm.ask("grow 150");
                jvm.ask("shrink");
                jvm.ask("grow 200");
                Judge.everythingBecomesLocked(jvm, "grown");
            }
        }
        return "";
    }

    private String staysLockedThroughAFreeze() throws Exception {
        try (MemoryCgroup cgroup = MemoryCgroup.withLimit(UNLIMITED);
                ForkedJvm jvm = Apps.grown(jdk, "-XX:+UseSerialGC")
                        .wrapper(cgroup.wrapper())
                        .agent("mode=all")
                        .start()) {
            jvm.awaitLine("ready");
            cgroup.set("cgroup.freeze", "1");
            for (int i = 0; i < 30; i++) {
                Judge.pause();
            }
            cgroup.set("cgroup.freeze", "0");
            jvm.ask("grow 100");
            Judge.nothingIsUnlocked(jvm, "thawed and grown");
            Case.check(!jvm.stdout().contains("thread dump"), jvm.stdout());
        }
        return "";
    }
}
