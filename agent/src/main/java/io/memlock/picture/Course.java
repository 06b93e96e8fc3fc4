// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import io.memlock.jvms.CommandException;
import io.memlock.jvms.FaultMeter;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.JvmMemory;
import io.memlock.jvms.MemoryReader;
import io.memlock.jvms.PacedMemory;
import io.memlock.jvms.ProcDirectory;
import io.memlock.jvms.TimeLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Holds a JVM's memory over the time in which it was watched.
 *
 * @param millis for how long
 * @param looks at the same distance from each other, at least two
 */
public record Course(long millis, List<Look> looks) {

    /** The most looks: a wide screen shows no more. */
    private static final int MOST_LOOKS = 300;

    private static final long LEAST_STEP_MILLIS = 1_000;

    /**
     * The numbers of one moment; -1 where not known.
     *
     * @param faultsPerSecond major page faults each second since the look before; of the first look, until the next
     */
    record Look(long residentBytes, long lockedBytes, long swappedBytes, double faultsPerSecond) {

        Look withFaults(double perSecond) {
            return new Look(residentBytes, lockedBytes, swappedBytes, perSecond);
        }
    }

    /**
     * Watches a JVM.
     *
     * @param millis for how long, at least one second
     * @throws CommandException if the JVM ends
     */
    public static Course watch(ProcDirectory proc, Jvm jvm, long millis) throws CommandException, InterruptedException {
        long steps = Math.min(MOST_LOOKS - 1, millis / LEAST_STEP_MILLIS);
        FaultMeter faults = TimeLimit.glance(jvm, () -> new FaultMeter(proc, jvm));
        PacedMemory memory = new PacedMemory(new MemoryReader(proc), jvm, 0);
        List<Look> looks = new ArrayList<>();
        long start = System.nanoTime();
        for (long step = 0; step <= steps; step++) {
            TimeUnit.NANOSECONDS.sleep(
                    start + TimeUnit.MILLISECONDS.toNanos(millis) * step / steps - System.nanoTime());
            boolean isFirst = step == 0; // no time has passed in which faults could be counted
            looks.add(TimeLimit.walk(jvm, () -> look(memory.now(), isFirst ? 0 : faults.perSecond())));
        }
        looks.set(0, looks.get(0).withFaults(looks.get(1).faultsPerSecond));
        return new Course(millis, looks);
    }

    private static Look look(JvmMemory now, double faultsPerSecond) {
        return new Look(now.residentBytes(), now.lockedBytes(), now.swappedBytes(), faultsPerSecond);
    }
}
