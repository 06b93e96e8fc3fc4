// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.files.FileOpener;
import io.memlock.memory.Segment;
import io.memlock.proc.ProcFs;
import java.io.BufferedReader;
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

    private static Instrumentation instrumentation;

    private LayoutProbe() {}

    /** Called before {@code main} if this is the JVM's agent too. */
    public static void premain(String options, Instrumentation given) {
        instrumentation = given;
    }

    /** With an argument looks at another JVM, else at this one, after it made some use of its memory. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0) {
            serve(JvmLayout.of(new ProcFs(), arguments[0]), "/proc/" + arguments[0] + "/maps");
            return;
        }
        List<byte[]> live = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            live.add(new byte[1 << 20]);
        }
        System.gc();
        for (int i = 0; i < 3; i++) {
            Thread sleeper = new Thread(LayoutProbe::sleep, "sleeper-" + i);
            sleeper.setDaemon(true);
            sleeper.start();
        }
        serve(JvmLayout.ofThisJvm(instrumentation, new FileOpener.Jdk(), PAGE_BYTES), "/proc/self/maps");
        if (live.isEmpty()) {
            throw new AssertionError();
        }
    }

    @SuppressWarnings("SystemOut") // read by the test
    private static void serve(JvmLayout layout, String maps) throws IOException {
        System.out.println("ready " + ProcessHandle.current().pid());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            layout.classify(CapturedMaps.ofFile(maps));
            StringBuilder out = new StringBuilder();
            for (Segment segment : layout.classify(CapturedMaps.ofFile(maps))) {
                out.append(String.format(
                        "%016x %016x %s %s %s%n",
                        segment.start(),
                        segment.end(),
                        segment.region(),
                        segment.evidence(),
                        segment.mapping().isAccessible() ? "accessible" : "inaccessible"));
            }
            for (LayerStatus layer : layout.layers()) {
                out.append("layer ").append(layer).append('\n');
            }
            appendSideEffects(out);
            System.out.println(out.append("end"));
        }
    }

    /** What an application would rather have started itself. */
    private static void appendSideEffects(StringBuilder out) {
        if (instrumentation != null) {
            for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
                if (loaded.getName().equals("java.util.logging.LogManager")
                        || loaded.getName().equals("com.sun.jmx.mbeanserver.JmxMBeanServer")) {
                    out.append("loaded ").append(loaded.getName()).append('\n');
                }
            }
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
