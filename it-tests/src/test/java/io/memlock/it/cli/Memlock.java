// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of the built jar. */
public final class Memlock {

    /** Keeps a command that lives for a second from being compiled twice. */
    public static final String C1_ONLY = "-XX:TieredStopAtLevel=1";

    private Memlock() {}

    /** Runs any command, to its end. */
    public static Outcome run(Jdk jdk, String... words) {
        return Commands.run(command(jdk, words));
    }

    /** Any whole command. */
    public static List<String> command(Jdk jdk, String... words) {
        return command(jdk, AgentJar.path(), words);
    }

    /** Runs a command on a JVM, to its end. */
    public static Outcome run(String command, long pid, String... arguments) {
        return Commands.run(command(command, pid, arguments));
    }

    /** The whole command. */
    static List<String> command(String command, long pid, String... arguments) {
        return command(Jdk.current(), command, pid, arguments);
    }

    /** The whole command, on a JDK. */
    public static List<String> command(Jdk jdk, String command, long pid, String... arguments) {
        return command(jdk, AgentJar.path(), command, pid, arguments);
    }

    /** The whole command, of another jar. */
    static List<String> command(Path jar, String command, long pid, String... arguments) {
        return command(Jdk.current(), jar, command, pid, arguments);
    }

    private static List<String> command(Jdk jdk, Path jar, String command, long pid, String... arguments) {
        List<String> words = new ArrayList<>(List.of(command, Long.toString(pid)));
        words.addAll(List.of(arguments));
        return command(jdk, jar, words.toArray(String[]::new));
    }

    private static List<String> command(Jdk jdk, Path jar, String... words) {
        List<String> command = new ArrayList<>(List.of(jdk.java().toString(), C1_ONLY, "-jar", jar.toString()));
        command.addAll(List.of(words));
        return command;
    }
}
