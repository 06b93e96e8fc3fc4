// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.pressure;

import com.sun.jna.Native;
import com.sun.tools.attach.VirtualMachine;
import io.memlock.bench.service.StallApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.ProcStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Locks a running JVM whose heap is resident, and asks it how long mapping memory took at worst meanwhile. */
public final class StallRun {

    private static final int SETTLE_MILLIS = 1500;

    /** About as long as an attach to a few GiB takes: the same number of calls before it. */
    private static final int BEFORE_MILLIS = 3000;

    private final Jdk jdk;
    private final int heapMegabytes;
    private final Load load;

    /** Of a JVM with a heap of that size. */
    public StallRun(Jdk jdk, int heapMegabytes, Load load) {
        this.jdk = jdk;
        this.heapMegabytes = heapMegabytes;
        this.load = load;
    }

    /** Nothing is locked: the floor. */
    public Map<String, Double> nothing() throws Exception {
        return run(false, jvm -> Thread.sleep(BEFORE_MILLIS));
    }

    /** Our command line attaches our agent. */
    public Map<String, Double> attachOurs(String options) throws Exception {
        return run(false, jvm -> command("attach", jvm, options));
    }

    /** The same, and then takes it all back, which is what is measured. */
    public Map<String, Double> unlockOurs(String options) throws Exception {
        return run(false, jvm -> command("attach", jvm, options), jvm -> command("unlock", jvm));
    }

    /** A JVM like that of our command line starts, looks at nothing and ends: what the machine makes of it. */
    public Map<String, Double> jvmBeside() throws Exception {
        return run(false, jvm -> {
            command(List.of("help"));
            Thread.sleep(BEFORE_MILLIS);
        });
    }

    private void command(String name, ForkedJvm jvm, String... options) {
        List<String> arguments = new ArrayList<>(List.of(name, Long.toString(jvm.pid())));
        arguments.addAll(List.of(options));
        command(arguments);
    }

    private void command(List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of(jdk.java().toString(), "-jar", AgentJar.path().toString()));
        command.addAll(arguments);
        Commands.succeed(command.toArray(String[]::new));
    }

    /** An agent is attached. */
    public Map<String, Double> attach(Path agent, String options) throws Exception {
        return run(false, jvm -> {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(jvm.pid()));
            try {
                machine.loadAgent(agent.toString(), options);
            } finally {
                machine.detach();
            }
        });
    }

    /** Our agent is there since the start, and told over JMX to lock now. */
    public Map<String, Double> lockOverJmx(String options) throws Exception {
        return run(true, jvm -> {
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                jvm.ask("?"); // opening the connection is not what is measured
                long start = System.nanoTime();
                client.invoke("lock", options);
                System.out.println("    lock(" + options + "): " + (System.nanoTime() - start) / 1_000_000 + " ms");
            }
        });
    }

    private Map<String, Double> run(boolean withAgent, Locking locking) throws Exception {
        return run(withAgent, jvm -> {}, locking);
    }

    private Map<String, Double> run(boolean withAgent, Locking before, Locking locking) throws Exception {
        ForkedJvm.Builder builder = ForkedJvm.on(jdk)
                .classPath(AgentJar.testClasses(), AgentJar.codeOf(Native.class), AgentJar.codeOf(Histogram.class))
                .flags("-Xms" + heapMegabytes + "m", "-Xmx" + heapMegabytes + "m")
                .flags("-XX:+AlwaysPreTouch", "-XX:+UseG1GC")
                .main(StallApp.class, Integer.toString(load.pauseMicros), "with those delayed");
        if (withAgent) {
            builder.agent("mode=none");
        }
        try (ForkedJvm jvm = builder.start()) {
            jvm.awaitLine("ready");
            before.lock(jvm);
            Thread.sleep(SETTLE_MILLIS);
            jvm.ask("?");
            Thread.sleep(BEFORE_MILLIS);
            double usual = PressureRun.parse(jvm.ask("?")).get("p99.9");
            long start = System.nanoTime();
            locking.lock(jvm);
            double millis = (System.nanoTime() - start) / 1e6;
            Map<String, Double> values = new LinkedHashMap<>(PressureRun.parse(jvm.ask("?")));
            Thread.sleep(SETTLE_MILLIS);
            values.merge(
                    "max", PressureRun.parse(jvm.ask("?")).get("max"), Math::max); // what it left to do later counts
            values.put("of before", values.get("p99.9") / usual);
            values.put("tookMillis", millis);
            values.put("chargedMegabytes", ProcStatus.of(jvm.pid()).chargedBytes() / 1048576.0);
            return values;
        }
    }

    /** What the application does: a thread maps, touches and unmaps 16 KiB. */
    public enum Load {
        NOW_AND_THEN("a call, 0.2 ms of sleep", 200),
        ALL_THE_TIME("a call after the other", 0);

        private final String description;
        private final int pauseMicros;

        Load(String description, int pauseMicros) {
            this.description = description;
            this.pauseMicros = pauseMicros;
        }

        @Override
        public String toString() {
            return description;
        }
    }

    /** What is done to the JVM. */
    private interface Locking {

        void lock(ForkedJvm jvm) throws Exception;
    }
}
