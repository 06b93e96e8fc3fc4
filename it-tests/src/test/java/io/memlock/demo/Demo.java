// SPDX-License-Identifier: Apache-2.0
package io.memlock.demo;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Smaps;
import java.io.PrintStream;

/**
 * Shows what the agent is for: one program, run without it and with it, looked at from outside. Run by {@code mvn -Pdemo
 * verify}. Ends with status 1 where the JVM may not lock its memory, after the agent has said what to type.
 */
public final class Demo {

    private static final String[] FLAGS = {"-XX:+UseSerialGC", "-Xms64m", "-Xmx300m"};
    private static final String[] STEPS = {"grow 200", "threads 100", "shrink", "grow 200"};

    private final PrintStream out = System.out;

    private Demo() {}

    /** Runs both and prints what the kernel says of each. */
    public static void main(String[] args) throws Exception {
        System.exit(new Demo().run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        out.println();
        out.println("A JVM grows its heap to 200 MB, starts 100 threads, shrinks and grows again.");
        out.println("/proc/PID/smaps says after each step how much of it can be swapped out.");
        out.println();
        out.println("1. without the agent: java -Xms64m -Xmx300m App");
        grow(null);
        out.println("2. with it: java -javaagent:memlock-agent.jar=mode=all -Xms64m -Xmx300m App");
        if (!grow("mode=all")) {
            out.println("This JVM may not lock its memory. What stands behind \"to fix:\" changes that;");
            out.println("then run the demo again.");
            return false;
        }
        String missing = Pressure.missing();
        if (!missing.isEmpty()) {
            out.println("Memory pressure is not shown: " + missing + ".");
            return true;
        }
        return pressure();
    }

    private boolean pressure() throws Exception {
        out.println("3. under memory pressure: each in a cgroup of " + Pressure.CGROUP_MEGABYTES
                + " MB with swap, beside a neighbour");
        out.println("   that takes " + Pressure.NEIGHBOUR_MEGABYTES
                + " MB. Then five full collections touch the whole heap.");
        out.println();
        out.printf("   %-18s %14s %14s %14s%n", "", "in swap, MiB", "major faults", "took, ms");
        try (Pressure pressure = new Pressure()) {
            Pressure.Result without = show("without the agent", pressure.on(start(pressure, null)));
            Pressure.Result with = show("mode=all", pressure.on(start(pressure, "mode=all")));
            show("  strategy=future", pressure.on(start(pressure, "mode=all,strategy=future")));
            out.println();
            if (with.majorFaults() == 0 && without.majorFaults() == 0) {
                out.println("   This machine had memory to spare: neither was swapped out.");
            } else if (with.majorFaults() > 0) {
                out.println("   In so small a container new memory is locked within a second after it was");
                out.println("   mapped, by default: what is born locked could fill it (docs/locking.md). What");
                out.println("   was swapped out before is read back when it is used. strategy=future locks it");
                out.println("   at once.");
            }
            return true;
        }
    }

    private Pressure.Result show(String name, Pressure.Result result) {
        out.printf(
                "   %-18s %14d %14d %14d%n", name, result.swappedBytes() >> 20, result.majorFaults(), result.millis());
        return result;
    }

    private ForkedJvm start(Pressure pressure, String agentOptions) {
        ForkedJvm.Builder builder =
                ForkedJvm.on(Jdk.current()).wrapper(pressure.wrapper()).flags(FLAGS);
        return begun(agentOptions == null ? builder : builder.agent(agentOptions));
    }

    private static ForkedJvm begun(ForkedJvm.Builder builder) {
        ForkedJvm jvm = builder.main(HeapApp.class).start();
        jvm.awaitLine("ready");
        return jvm;
    }

    /** Returns whether what should be locked is. */
    private boolean grow(String agentOptions) throws Exception {
        ForkedJvm.Builder builder = ForkedJvm.on(Jdk.current()).flags(FLAGS);
        try (ForkedJvm jvm = begun(agentOptions == null ? builder : builder.agent(agentOptions))) {
            if (agentOptions != null) {
                jvm.awaitErrorLine("[memlock]");
            }
            out.printf("   %-12s %14s %14s %20s%n", "", "resident MiB", "locked MiB", "can be swapped MiB");
            line("started", jvm);
            for (String step : STEPS) {
                jvm.ask(step);
                line(step, jvm);
            }
            if (agentOptions != null) {
                out.println("   The agent said, on stderr:");
                jvm.stderr().lines().forEach(line -> out.println("     " + line));
            }
            out.println();
            return !jvm.stderr().contains("NOT LOCKED") && !jvm.stderr().contains("PARTLY LOCKED");
        }
    }

    private void line(String step, ForkedJvm jvm) {
        Smaps smaps = Smaps.of(jvm.pid());
        long resident = smaps.residentBytes();
        long unlocked = smaps.residentUnlockedBytes();
        out.printf("   %-12s %14d %14d %20d%n", step, resident >> 20, (resident - unlocked) >> 20, unlocked >> 20);
    }
}
