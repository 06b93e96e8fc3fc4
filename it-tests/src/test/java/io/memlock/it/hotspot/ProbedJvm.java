// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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

    private final Path jdk;
    private final Process process;
    private final BufferedReader output;
    private final long pid;
    private final List<String> remarks = new ArrayList<>();

    private ProbedJvm(Path jdk, List<String> command) throws IOException {
        this.jdk = jdk;
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.output = process.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        while (line != null && !line.startsWith("ready ")) { // the JVM's own warnings
            line = output.readLine();
        }
        assertThat(line).as("the line that says it is ready").isNotNull();
        this.pid = Long.parseLong(line.substring("ready ".length()));
    }

    /** Looks at itself. */
    static ProbedJvm inside(Path jdk, Path directory, String... flags) throws IOException {
        Path agent = Files.createTempFile(directory, "probe", ".jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", PROBE);
        try (OutputStream out = Files.newOutputStream(agent)) {
            new JarOutputStream(out, manifest).close();
        }
        List<String> command = new ArrayList<>(List.of(java(jdk), "-javaagent:" + agent, "-cp", classPath()));
        command.addAll(List.of(flags));
        command.add(PROBE);
        return new ProbedJvm(jdk, command);
    }

    /** Looks at another. */
    static ProbedJvm outside(Path jdk, long pid) throws IOException {
        return new ProbedJvm(jdk, List.of(java(jdk), "-cp", classPath(), PROBE, Long.toString(pid)));
    }

    long pid() {
        return pid;
    }

    /** What it says about all the memory. */
    List<Piece> classify() throws IOException {
        OutputStream commands = process.getOutputStream();
        commands.write('\n');
        commands.flush();
        List<Piece> pieces = new ArrayList<>();
        remarks.clear();
        for (String line = output.readLine(); !"end".equals(line); line = output.readLine()) {
            assertThat(line).as("output of the probe").isNotNull();
            if (line.startsWith("layer ") || line.startsWith("loaded ")) {
                remarks.add(line);
            } else {
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
    String jcmd(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(jdk.resolve("bin/jcmd").toString(), Long.toString(pid), command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as("exit status of jcmd " + command).isZero();
        return answer;
    }

    @Override
    public void close() {
        process.destroy();
    }

    private static String java(Path jdk) {
        return jdk.resolve("bin/java").toString();
    }

    /** The plain classes: in the jar they are where only the agent's loader finds them. */
    private static String classPath() {
        Path agent = Path.of("..", "agent", "target").toAbsolutePath().normalize();
        return agent.resolve("classes") + File.pathSeparator + agent.resolve("test-classes");
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
