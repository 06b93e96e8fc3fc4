// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.Commands;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Root's command line, turned on a JVM whose user wishes root harm. */
class HostileTargetIT {

    /** Only root can read it, at its own path. */
    private static final String SECRET = "root-only-7f3a91c2";

    /** What one process may cost: the command itself starts in a second or two, on a slow machine in several. */
    private static final Duration IN_TIME = Duration.ofSeconds(45);

    @TempDir
    private static Path directory;

    private static HostileJvm hostile;

    @BeforeAll
    static void start() throws IOException {
        Machine.require(
                Machine.isAdmin() && Machine.hasCommand("setpriv") && HostileJvm.isPossible(),
                "needs root, setpriv, and namespaces for users without privileges");
        Files.writeString(directory.resolve("secret"), "JAVA_VERSION=\"" + SECRET + "\"\n");
        Commands.succeed("chmod", "600", directory.resolve("secret").toString());
        Commands.succeed("chmod", "755", directory.toString());
        hostile = HostileJvm.start(
                directory, Jdk.current(), ForgedCounters.claiming("heap+\u001b[2J\n4242424", 1L << 40));
    }

    @AfterAll
    static void stop() {
        if (hostile != null) {
            hostile.close();
        }
    }

    /** A file that is not his to read, one that nobody ever writes to, one without an end. */
    @ParameterizedTest
    @ValueSource(strings = {"ln -s %s/secret", "ln -s /etc/shadow", "mkfifo", "ln -s /dev/zero"})
    void doctorOpensNoTrap(String trap) throws IOException {
        for (String name : List.of("namespace", "release")) {
            hostile.trap(name, trap.formatted(directory).split(" ", -1));
        }

        Outcome doctor = run("doctor");

        assertThat(doctor.stdout()).as(doctor::toString).contains("its version is not known");
    }

    @Test
    void nothingToTypeRunsWhatTheTargetNamed() throws IOException {
        Outcome doctor = run("doctor");

        assertThat(doctor.stdout())
                .as(doctor::toString)
                .contains("kubectl delete pod POD")
                .doesNotContain("pasted");
        paste(doctor.stdout());
    }

    @Test
    void statusHasOneRowOfIt() throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "COLUMNS=200"));
        command.addAll(Memlock.command("status", hostile.pid()));
        command.remove(Long.toString(hostile.pid()));
        Outcome status = Commands.run(command);

        assertHarmless(status);
        assertThat(status.exitStatus()).as(status::toString).isZero();
        assertThat(status.stdout().lines().filter(line -> line.strip().startsWith(hostile.pid() + " ")))
                .as(status::toString)
                .hasSize(1)
                .allSatisfy(row -> assertThat(row).contains("not locked"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "status --json",
                "regions",
                "regions --maps",
                "watch --count=1",
            })
    void readingCommandsTellTheTruthOfIt(String command) throws IOException {
        Outcome outcome = run(command).succeeded();
        assertThat(outcome.stdout()).doesNotContain("1.0 TiB", Long.toString(1L << 40));
    }

    @Test
    void attachPrintsNothingToTypeThatComesFromIt() throws IOException {
        Outcome attach = run("attach");

        assertThat(attach.exitStatus()).as(attach::toString).isEqualTo(1);
        assertThat(attach.stderr()).contains("user namespace that does not know this command's user");
        assertThat(hostile.stdout()).doesNotContain("Full thread dump");
        paste(attach.stderr());
        assertThat(ProcStatus.of(hostile.pid()).chargedBytes()).isZero();
    }

    private static Outcome run(String words) {
        List<String> command = List.of(words.split(" ", -1));
        long before = System.nanoTime();
        Outcome outcome = Memlock.run(
                command.get(0),
                hostile.pid(),
                command.subList(1, command.size()).toArray(String[]::new));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).as(words).isLessThan(IN_TIME);
        assertHarmless(outcome);
        assertThat(hostile.isWell()).isTrue();
        return outcome;
    }

    private static void assertHarmless(Outcome outcome) {
        String all = outcome.stdout() + outcome.stderr();
        assertThat(all).doesNotContain(SECRET, "root:").doesNotContain("this is a bug");
        assertThat(all.chars().filter(it -> it != '\n' && (it < ' ' || it == 0x7f)))
                .as("control characters in %s", outcome)
                .isEmpty();
        assertThat(all.lines().filter(line -> line.strip().startsWith("4242424")))
                .as("forged lines in %s", outcome)
                .isEmpty();
        assertThat(all.length()).as(outcome::toString).isLessThan(60_000);
    }

    /** Each line by itself, as somebody without privileges, who has one command: the one that the target wants run. */
    private static void paste(String text) throws IOException {
        Path place = Files.createDirectories(directory.resolve("paste"));
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Files.writeString(bin.resolve("touch"), "#!/bin/sh\n: >\"" + place + "/$1\"\n");
        Commands.succeed("chmod", "755", bin + "/touch");
        Commands.succeed("chmod", "777", place.toString());
        Files.deleteIfExists(place.resolve("control"));
        Files.writeString(directory.resolve("lines"), text + "\ntouch control\n");
        Commands.run(
                "setpriv",
                "--reuid=65534",
                "--clear-groups",
                "env",
                "-i",
                "PATH=" + bin,
                "/bin/bash",
                "-c",
                "while IFS= read -r line; do (eval \"$line\") </dev/null; done <" + directory + "/lines");
        assertThat(place.resolve("control")).as("the lines were run").exists();
        assertThat(place.resolve("pasted")).as(text).doesNotExist();
    }
}
