// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.hotspot;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A JVM that prints the regions of its own or another JVM's memory when asked, and what {@code jcmd} says about it. */
final class ProbedJvm implements AutoCloseable {

    private static final String PROBE = "io.memlock.hotspot.LayoutProbe";

    private final Jdk jdk;
    private final ForkedJvm jvm;
    private final List<String> remarks = new ArrayList<>();

    private ProbedJvm(Jdk jdk, ForkedJvm jvm) {
        this.jdk = jdk;
        this.jvm = jvm;
        jvm.awaitLine("ready ");
    }

    /** Looks at itself. */
    static ProbedJvm inside(Jdk jdk, Path directory, String... flags) throws IOException {
        Path agent = Files.createTempFile(directory, "probe", ".jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", PROBE);
        try (OutputStream out = Files.newOutputStream(agent)) {
            new JarOutputStream(out, manifest).close();
        }
        return new ProbedJvm(
                jdk,
                probe(jdk).flags("-javaagent:" + agent).flags(flags).main(PROBE).start());
    }

    /** Looks at another. */
    static ProbedJvm outside(Jdk jdk, long pid) {
        return new ProbedJvm(jdk, probe(jdk).main(PROBE, Long.toString(pid)).start());
    }

    /** With the plain classes: in the jar they are where only the agent's loader finds them. */
    private static ForkedJvm.Builder probe(Jdk jdk) {
        Path agent = Path.of("..", "agent", "target").toAbsolutePath().normalize();
        return ForkedJvm.on(jdk).classPath(agent.resolve("classes"), agent.resolve("test-classes"));
    }

    long pid() {
        return jvm.pid();
    }

    /** What it says about all the memory. */
    List<Piece> classify() {
        int before = jvm.stdout().length();
        jvm.send("");
        jvm.awaitLine("end");
        List<Piece> pieces = new ArrayList<>();
        remarks.clear();
        for (String line : jvm.stdout().substring(before).lines().toList()) {
            if (line.startsWith("layer ") || line.startsWith("loaded ")) {
                remarks.add(line);
            } else if (!line.equals("end")) {
                pieces.add(Piece.parse(line));
            }
        }
        return pieces;
    }

    /** What it said beside that the last time: which layers answered, and classes loaded that should not be. */
    List<String> remarks() {
        return remarks;
    }

    /** What the JVM itself says, asked from outside. */
    String jcmd(String command) {
        return jdk.jcmd(jvm.pid(), command);
    }

    @Override
    public void close() {
        jvm.close();
    }

    /** A line of the probe. */
    record Piece(long start, long end, String region, String evidence, boolean accessible) {

        static Piece parse(String line) {
            String[] fields = line.split(" ", 5);
            return new Piece(
                    Long.parseUnsignedLong(fields[0], 16),
                    Long.parseUnsignedLong(fields[1], 16),
                    fields[2],
                    fields[3],
                    fields[4].equals("accessible"));
        }
    }
}
