// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.hotspot;

import io.memlock.hotspot.JvmLayout;
import io.memlock.hotspot.LayerStatus;
import io.memlock.hotspot.Segment;
import io.memlock.proc.Mapping;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs in a JVM of its own and prints the regions of that JVM's memory, or with a process id those of another one: as
 * often as a line comes in.
 */
public final class LayoutProbe {

    private static final int PAGE_BYTES = 4096;

    private LayoutProbe() {}

    /** Does nothing but hold the instrumentation, before {@code main}. */
    public static void premain(String options, Instrumentation instrumentation) throws IOException {
        serve(JvmLayout.ofThisJvm(instrumentation, PAGE_BYTES), "/proc/self/maps");
    }

    /** With an argument: looks at another JVM. Without: its premain has done everything. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0) {
            serve(JvmLayout.of(Long.parseLong(arguments[0]), PAGE_BYTES), "/proc/" + arguments[0] + "/maps");
        }
    }

    @SuppressWarnings("SystemOut") // read by the test
    private static void serve(JvmLayout layout, String maps) throws IOException {
        System.out.println("ready " + ProcessHandle.current().pid());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            List<Mapping> mappings = read(maps);
            layout.classify(mappings);
            layout.askJvm(System.nanoTime());
            StringBuilder out = new StringBuilder();
            for (Segment segment : layout.classify(read(maps))) {
                out.append(String.format(
                        "segment %016x %016x %s %s %s%n",
                        segment.start(),
                        segment.end(),
                        segment.region(),
                        segment.evidence(),
                        segment.mapping().isAccessible() ? "accessible" : "none"));
            }
            for (LayerStatus layer : layout.layers()) {
                out.append("layer ").append(layer).append('\n');
            }
            System.out.println(out.append("end"));
        }
    }

    private static List<Mapping> read(String maps) throws IOException {
        List<Mapping> mappings = new ArrayList<>();
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(new FileInputStream(maps), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                mappings.add(parse(line));
            }
        }
        return mappings;
    }

    private static Mapping parse(String line) {
        String[] fields = line.split(" +", 6);
        int dash = fields[0].indexOf('-');
        return new Mapping(
                Long.parseUnsignedLong(fields[0].substring(0, dash), 16),
                Long.parseUnsignedLong(fields[0].substring(dash + 1), 16),
                fields[1].charAt(0) == 'r',
                fields[1].charAt(1) == 'w',
                fields[1].charAt(2) == 'x',
                fields[1].charAt(3) == 's',
                Long.parseUnsignedLong(fields[2], 16),
                Long.parseLong(fields[4]),
                fields.length > 5 ? fields[5] : "");
    }
}
