// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import com.sun.jna.Native;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JVM under test, run by a test: with the agent or without, with its own limits and environment. It is talked to line
 * by line over its standard input and output, and is killed when closed.
 *
 * <pre>{@code
 * try (ForkedJvm jvm = ForkedJvm.on(jdk).agent("mode=all").flags("-Xmx512m").main(HeapApp.class).start()) {
 *     jvm.awaitLine("ready");
 *     jvm.ask("grow 300");
 *     assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero();
 * }
 * }</pre>
 */
public final class ForkedJvm implements AutoCloseable {

    /** How long anything may take on a slow, shared machine. */
    public static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final List<String> command;
    private final Process process;
    private final Capture stdout;
    private final Capture stderr;

    private ForkedJvm(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        this.stdout = new Capture(process.getInputStream(), "stdout of " + process.pid());
        this.stderr = new Capture(process.getErrorStream(), "stderr of " + process.pid());
    }

    /** Begins the description of a JVM. */
    public static Builder on(Jdk jdk) {
        return new Builder(jdk);
    }

    /** The process the test started. Wrappers replace themselves with the JVM, so this is the JVM. */
    public long pid() {
        return process.pid();
    }

    /**
     * Waits for a line of standard output that starts with a prefix, passing over others.
     *
     * @return the line
     * @throws AssertionError with all output, if the JVM ends or says nothing for {@link #TIMEOUT}
     */
    public String awaitLine(String prefix) {
        return await(stdout, prefix, "stdout");
    }

    /** As {@link #awaitLine}, on standard error. */
    public String awaitErrorLine(String prefix) {
        return await(stderr, prefix, "stderr");
    }

    private String await(Capture capture, String prefix, String name) {
        try {
            String line = capture.takeLine(prefix, TIMEOUT);
            if (line == null) {
                throw failure("no line \"" + prefix + "…\" on " + name);
            }
            return line;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Writes a line to its standard input. */
    public void send(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw failure("cannot send \"" + line + "\": " + e.getMessage());
        }
    }

    /**
     * Sends a command and waits until it is carried out.
     *
     * @return what follows {@code done} in the answer
     */
    public String ask(String request) {
        send(request);
        return awaitLine("done").substring("done".length()).strip();
    }

    /** Everything on standard output up to now. */
    public String stdout() {
        return stdout.text();
    }

    /** Everything on standard error up to now. */
    public String stderr() {
        return stderr.text();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it ends before so much time has passed. */
    public boolean endsWithin(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits for its end. */
    public Outcome awaitExit() {
        try {
            if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw failure("does not end");
            }
            stdout.join(TIMEOUT);
            stderr.join(TIMEOUT);
            return new Outcome(process.exitValue(), stdout(), stderr());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Kills it, if it still runs: this process only. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // A JVM that was attached to and is killed leaves its socket behind. JDK: VirtualMachineImpl of Linux
        new File("/tmp/.java_pid" + process.pid()).delete();
        // And one that ran as nobody the directory of its performance counters, which no later JVM of that user will
        // tidy.
        new File("/tmp/hsperfdata_nobody/" + process.pid()).delete();
        new File("/tmp/hsperfdata_nobody").delete();
        // And one that records what it has recorded. JDK: jdk.jfr.internal.Repository
        for (File recorded : children(new File("/tmp"), "\\d{4}(_\\d\\d){5}_" + process.pid())) {
            children(recorded, ".*").forEach(File::delete);
            recorded.delete();
        }
    }

    private static List<File> children(File directory, String names) {
        File[] found = directory.listFiles((parent, name) -> name.matches(names));
        return found == null ? List.of() : List.of(found);
    }

    private AssertionError failure(String what) {
        String state = process.isAlive() ? "running" : "ended with " + process.exitValue();
        return new AssertionError("JVM " + pid() + " (" + state + "): " + what + "\n--- command\n"
                + String.join(" ", command) + "\n--- stdout\n" + stdout() + "--- stderr\n" + stderr() + "---");
    }

    private static AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError("interrupted", e);
    }

    /** Describes a JVM to be started. */
    public static final class Builder {

        /** JEP 472. */
        private static final int FIRST_JDK_THAT_WARNS = 24;

        private final Jdk jdk;
        private final List<String> wrapper = new ArrayList<>();
        private final List<String> flags = new ArrayList<>();
        private final List<String> what = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();
        private List<Path> classPath = List.of(AgentJar.testClasses());
        private Path directory = AgentJar.testClasses().getParent();

        private Builder(Jdk jdk) {
            this.jdk = jdk;
        }

        /**
         * Starts it with the agent.
         *
         * @param options what follows the {@code =}; empty for none
         */
        public Builder agent(String options) {
            flags.add(AgentJar.javaagent(options));
            return this;
        }

        /** Adds JVM flags. */
        public Builder flags(String... more) {
            Collections.addAll(flags, more);
            return this;
        }

        /** Replaces the class path, which is that of the test applications. */
        public Builder classPath(Path... entries) {
            classPath = List.of(entries);
            return this;
        }

        /** Gives the application JNA, and the right to use it, without which JDK 24 and later warn. */
        public Builder withJna() {
            return classPath(AgentJar.testClasses(), AgentJar.codeOf(Native.class))
                    .withNativeAccess();
        }

        /** Lets the application call native code, without which JDK 24 and later warn. */
        public Builder withNativeAccess() {
            return jdk.feature() >= FIRST_JDK_THAT_WARNS ? flags("--enable-native-access=ALL-UNNAMED") : this;
        }

        /** The class to run, and its arguments. */
        public Builder main(Class<?> main, String... arguments) {
            return main(main.getName(), arguments);
        }

        /** What stands after the JVM's flags: a class, {@code -jar FILE}, a source file; and its arguments. */
        public Builder main(String main, String... arguments) {
            what.add(main);
            Collections.addAll(what, arguments);
            return this;
        }

        /** Sets an environment variable. */
        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** Puts a command in front that ends in exec, as {@code prlimit} does; the first one given is the outermost. */
        public Builder wrapper(List<String> prefix) {
            wrapper.addAll(prefix);
            return this;
        }

        /** Its working directory; otherwise the tests' build directory. */
        public Builder directory(Path path) {
            directory = path;
            return this;
        }

        /** The whole command line. */
        public List<String> command() {
            String path = classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
            Stream<String> java = Stream.of(jdk.java().toString(), "-cp", path);
            return Stream.of(wrapper.stream(), java, flags.stream(), what.stream())
                    .flatMap(words -> words)
                    .toList();
        }

        /** Starts it. */
        public ForkedJvm start() {
            List<String> command = command();
            ProcessBuilder builder = Commands.process(command).directory(directory.toFile());
            builder.environment().putAll(environment);
            try {
                return new ForkedJvm(command, builder.start());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Starts it and waits for its end. */
        public Outcome run(String... input) {
            try (ForkedJvm jvm = start()) {
                Arrays.stream(input).forEach(jvm::send);
                return jvm.awaitExit();
            }
        }
    }
}
