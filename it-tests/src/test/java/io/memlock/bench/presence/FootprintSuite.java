// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.presence;

import io.memlock.bench.Plan;
import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import io.memlock.bench.Suite;
import io.memlock.bench.contender.Contender;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.pressure.PressureRun;
import io.memlock.bench.report.Page;
import io.memlock.bench.service.FootprintApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Memory the agent takes, and what a read of its MBean costs. */
public final class FootprintSuite implements Suite {

    private static final double MEGABYTE = 1 << 20;
    private static final List<String> PARTS = List.of("heap", "metaspace", "code", "native");
    private static final Pattern NMT_PART =
            Pattern.compile("^-\\s+(.*?) \\(reserved=\\d+KB, committed=(\\d+)KB", Pattern.MULTILINE);

    /** Counted by the JVM's own pools, or no memory of the agent's. */
    private static final List<String> NOT_NATIVE =
            List.of("Java Heap", "Class", "Metaspace", "Code", "GC", "Shared class space", "Native Memory Tracking");

    private final List<Contender> runners;

    /** A suite with these contenders. */
    public FootprintSuite(Contenders contenders) {
        runners = List.of(
                Contenders.none(),
                Contenders.none().again(),
                contenders.empty(),
                contenders.onFault(),
                Contenders.MODE_ALL);
    }

    @Override
    public String name() {
        return "footprint";
    }

    @Override
    public void run(Plan plan, Samples samples) throws Exception {
        for (int round = 1; round <= plan.rounds(1, 5); round++) {
            for (Jdk jdk : plan.wantedJdks()) {
                for (Contender contender :
                        plan.wantsCase(jdk.toString()) ? plan.wanted(runners) : List.<Contender>of()) {
                    samples.add(new Sample(name(), jdk.toString(), contender.name(), round, measure(jdk, contender)));
                }
            }
        }
    }

    private static Map<String, Double> measure(Jdk jdk, Contender contender) throws Exception {
        boolean ours = contender.name().startsWith("ours");
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .flags(contender.flags().toArray(String[]::new))
                .flags("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:NativeMemoryTracking=summary")
                .main(FootprintApp.class)
                .start()) {
            jvm.awaitLine("ready");
            Thread.sleep(3000); // what happens in the background has happened
            Map<String, Double> values = new LinkedHashMap<>();
            PressureRun.parse(jvm.ask("memory")).forEach((part, bytes) -> values.put(part, bytes / MEGABYTE));
            values.put("native", nativeMegabytes(jdk, jvm.pid()));
            values.put("sum", PARTS.stream().mapToDouble(values::get).sum());
            if (ours) {
                try (JmxClient client = JmxClient.attach(jvm.pid())) {
                    client.awaitMemoryLock();
                }
                values.putAll(PressureRun.parse(jvm.ask("jmx")));
            }
            return values;
        }
    }

    private static double nativeMegabytes(Jdk jdk, long pid) {
        String report = jdk.jcmd(pid, "VM.native_memory", "summary", "scale=KB");
        Matcher part = NMT_PART.matcher(report);
        double kilobytes = 0;
        while (part.find()) {
            if (!NOT_NATIVE.contains(part.group(1))) {
                kilobytes += Double.parseDouble(part.group(2));
            }
        }
        return kilobytes / 1024;
    }

    @Override
    public void report(Samples samples, Page page) {
        page.heading("Cost of being there: memory and JMX");
        page.text("MiB more than the same JVM without an agent, round by round: heap, metaspace and code used after a"
                + " collection; native memory committed (native memory tracking, without what is counted before and the"
                + " collector). JMX: microseconds to read every attribute in turn, in the same JVM, beside one"
                + " `refresh()`, which walks page tables.");
        for (String caseName : samples.cases(name())) {
            page.subheading(caseName);
            page.table(
                    List.of("", "heap", "metaspace", "code", "native", "sum", "read all, us", "refresh, us"),
                    samples.rows(name(), caseName, contender -> cells(samples, caseName, contender)));
        }
    }

    private List<String> cells(Samples samples, String caseName, String contender) {
        return List.of(
                more(samples, caseName, contender, "heap"),
                more(samples, caseName, contender, "metaspace"),
                more(samples, caseName, contender, "code"),
                more(samples, caseName, contender, "native"),
                more(samples, caseName, contender, "sum"),
                micros(samples, caseName, contender, "readAllNanos"),
                micros(samples, caseName, contender, "refreshNanos"));
    }

    private String more(Samples samples, String caseName, String contender, String part) {
        return samples.paired(name(), caseName, contender, Contender.NO_AGENT, part, (x, none) -> x - none)
                .text();
    }

    private String micros(Samples samples, String caseName, String contender, String value) {
        return samples.paired(name(), caseName, contender, contender, value, (nanos, same) -> nanos / 1000)
                .text();
    }
}
