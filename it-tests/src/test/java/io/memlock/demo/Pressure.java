// SPDX-License-Identifier: Apache-2.0
package io.memlock.demo;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.SwapFile;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A memory cgroup with swap and a neighbour that wants the same memory, for as long as the demo needs it. */
final class Pressure implements AutoCloseable {

    static final int CGROUP_MEGABYTES = 400;
    static final int NEIGHBOUR_MEGABYTES = 250;

    private static final int SWAP_MEGABYTES = 512;

    /** At once it would be too much for the kernel at times, and the OOM killer would come. */
    private static final int STEP_MEGABYTES = 10;

    private final SwapFile swap;
    private final MemoryCgroup cgroup;

    Pressure() {
        swap = SwapFile.add(SWAP_MEGABYTES);
        try {
            cgroup = MemoryCgroup.withLimit((long) CGROUP_MEGABYTES << 20);
        } catch (RuntimeException | Error e) {
            swap.close();
            throw e;
        }
    }

    /** Returns what is needed and not there; "" if pressure can be made. */
    static String missing() {
        if (!Machine.isAdmin()) {
            return "adding swap and a memory cgroup needs root";
        }
        if (!Machine.hasCommand("mkswap") || !Machine.hasCommand("swapon")) {
            return "it needs the commands mkswap and swapon, for swap";
        }
        try {
            SwapFile.add(1).close();
            MemoryCgroup.withLimit(1L << 30).close();
            return "";
        } catch (RuntimeException | Error e) {
            return "no swap or memory cgroup can be had here ("
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + ")";
        }
    }

    /** A command to put in front of a JVM that is to run here. */
    List<String> wrapper() {
        return cgroup.wrapper();
    }

    /**
     * What it cost.
     *
     * @param swappedBytes in swap while the neighbour was there
     * @param majorFaults of the collections that followed
     * @param millis they took
     */
    record Result(long swappedBytes, long majorFaults, long millis) {}

    /** Puts a JVM under pressure, then has it collect; ends it. */
    Result on(ForkedJvm jvm) throws Exception {
        try (jvm) {
            jvm.ask("grow 200");
            try (ForkedJvm neighbour = ForkedJvm.on(Jdk.current())
                    .wrapper(wrapper())
                    .flags("-XX:+UseSerialGC", "-Xms16m", "-Xmx512m")
                    .main(HeapApp.class)
                    .start()) {
                neighbour.awaitLine("ready");
                for (int taken = 0; taken < NEIGHBOUR_MEGABYTES; taken += STEP_MEGABYTES) {
                    neighbour.ask("direct " + STEP_MEGABYTES);
                }
                long swapped = Smaps.of(jvm.pid()).swappedBytes();
                long faults = ProcStatus.of(jvm.pid()).majorFaults();
                long start = System.nanoTime();
                jvm.ask("collect");
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                return new Result(swapped, ProcStatus.of(jvm.pid()).majorFaults() - faults, millis);
            }
        }
    }

    @Override
    public void close() {
        cgroup.close();
        swap.close();
    }
}
