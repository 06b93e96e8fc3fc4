// SPDX-License-Identifier: Apache-2.0
package io.memlock.demo;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Smaps;
import java.io.PrintStream;

/**
 * Shows what the agent is for: one program, run without it and with it, looked at from outside after each step. Run by {@code
 * mvn -Pdemo verify}.
 */
public final class Demo {

    private static final String[] STEPS = {"grow 300", "threads 200", "shrink", "grow 300"};

    private final PrintStream out = System.out;

    private Demo() {}

    /** Runs both and prints what smaps says of each. */
    public static void main(String[] args) throws Exception {
        new Demo().run();
    }

    private void run() throws Exception {
        out.println();
        out.println(
                "A JVM with -Xms64m -Xmx512m grows its heap to 300 MB, starts 200 threads, shrinks and grows again.");
        out.println("After each step, from /proc/PID/smaps: resident memory, and how much of it can be swapped out.");
        out.println();
        out.println("1. java -Xms64m -Xmx512m App");
        show(null);
        out.println("2. java -javaagent:memlock-agent.jar=mode=all -Xms64m -Xmx512m App");
        show("mode=all");
    }

    private void show(String agentOptions) throws Exception {
        ForkedJvm.Builder builder = ForkedJvm.on(Jdk.current()).flags("-Xms64m", "-Xmx512m");
        if (agentOptions != null) {
            builder.agent(agentOptions);
        }
        try (ForkedJvm jvm = builder.main(HeapApp.class).start()) {
            jvm.awaitLine("ready");
            out.printf("   %-12s %14s %14s %20s%n", "", "resident MiB", "locked MiB", "can be swapped MiB");
            line("started", jvm);
            for (String step : STEPS) {
                jvm.ask(step);
                line(step, jvm);
            }
            if (agentOptions != null) {
                readOverJmx(jvm);
                out.println("   The agent said, on stderr:");
                jvm.stderr().lines().forEach(said -> out.println("     " + said));
            }
        }
        out.println();
    }

    private void line(String step, ForkedJvm jvm) {
        Smaps smaps = Smaps.of(jvm.pid());
        long resident = smaps.residentBytes();
        long unlocked = smaps.residentUnlockedBytes();
        out.printf("   %-12s %14d %14d %20d%n", step, resident >> 20, (resident - unlocked) >> 20, unlocked >> 20);
    }

    private void readOverJmx(ForkedJvm jvm) throws Exception {
        try (JmxClient jmx = JmxClient.attach(jvm.pid())) {
            jmx.awaitMemoryLock();
            jmx.invoke("refresh");
            out.println("   Over JMX, io.memlock:type=MemoryLock:");
            for (String name :
                    new String[] {"State", "Strategy", "LockedBytes", "Coverage", "ChargedBytes", "SwappedBytes"}) {
                out.printf("     %-14s %s%n", name, jmx.get(name));
            }
        }
    }
}
