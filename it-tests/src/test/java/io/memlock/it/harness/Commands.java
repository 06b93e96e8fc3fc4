// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short commands of the system, run to their end. */
public final class Commands {

    private static final long TIMEOUT_SECONDS = 120;

    /** Of what loads, packs or unpacks some hundred MiB. */
    private static final long LONG_TIMEOUT_SECONDS = 1200;

    /** Would reach into every JVM the tests start. */
    private static final List<String> FOREIGN_OPTIONS =
            List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "MEMLOCK_OPTIONS");

    private Commands() {}

    /** Describes a process that takes no options from the environment of the tests. */
    public static ProcessBuilder process(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(FOREIGN_OPTIONS);
        return builder;
    }

    /**
     * Runs a command, standard input closed.
     *
     * @throws AssertionError if it does not end
     */
    public static Outcome run(String... command) {
        return run(List.of(command));
    }

    /** As {@link #run(String...)}. */
    public static Outcome run(List<String> command) {
        return run(null, TIMEOUT_SECONDS, command);
    }

    private static Outcome run(Path directory, long timeoutSeconds, List<String> command) {
        try {
            Path stdout = Files.createTempFile("memlock-it-", ".out");
            Path stderr = Files.createTempFile("memlock-it-", ".err");
            try {
                Process process = process(command)
                        .directory(directory == null ? null : directory.toFile())
                        .redirectOutput(stdout.toFile())
                        .redirectError(stderr.toFile())
                        .start();
                process.getOutputStream().close();
                boolean ended = process.waitFor(timeoutSeconds, TimeUnit.SECONDS);
                if (!ended) {
                    process.destroyForcibly().waitFor();
                }
                Outcome outcome = new Outcome(
                        process.exitValue(),
                        Files.readString(stdout, StandardCharsets.UTF_8),
                        Files.readString(stderr, StandardCharsets.UTF_8));
                if (!ended) {
                    throw new AssertionError(command + " did not end: " + outcome);
                }
                return outcome;
            } finally {
                Files.deleteIfExists(stdout);
                Files.deleteIfExists(stderr);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + command, e);
        }
    }

    /**
     * Runs a command that must succeed.
     *
     * @throws AssertionError with what it wrote, if it does not
     */
    public static String succeed(String... command) {
        return succeed(List.of(command));
    }

    /**
     * Runs a command that must succeed.
     *
     * @throws AssertionError with what it wrote, if it does not
     */
    public static String succeed(List<String> command) {
        return stdoutOfSuccess(command, run(command));
    }

    /**
     * Runs a command that must succeed and may take long.
     *
     * @param directory to run it in
     * @throws AssertionError with what it wrote, if it does not
     */
    public static String succeedAtLength(Path directory, List<String> command) {
        return stdoutOfSuccess(command, run(directory, LONG_TIMEOUT_SECONDS, command));
    }

    private static String stdoutOfSuccess(List<String> command, Outcome outcome) {
        if (outcome.exitStatus() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + outcome);
        }
        return outcome.stdout();
    }
}
