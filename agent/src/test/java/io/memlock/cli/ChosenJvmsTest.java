// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.jvms.Jvms;
import io.memlock.jvms.ProcDirectory;
import io.memlock.output.Console;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Which JVMs are meant, on a /proc of three: 10 and 11 run app.jar, 12 runs other.jar, 11 and 12 have the agent. */
class ChosenJvmsTest {

    @TempDir
    private Path root;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void makeProcesses() throws IOException {
        process(10, "app.jar", "main");
        process(11, "app.jar", "memlock-keeper");
        process(12, "other.jar", "memlock-keeper");
    }

    @ParameterizedTest
    @CsvSource({
        "check, 11 12",
        "check --all, 10 11 12",
        "check --name=app.jar, 10 11",
        "check 12 10, 12 10",
        "check 12 --name=app.jar, 12 10 11",
        "check 11 11 --all, 11 10 12",
    })
    void aJvmIsMeantOnceHoweverItIsNamed(String words, String pids) {
        run(words);

        assertThat(out.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.contains("JVM "))
                        .map(line -> line.replaceFirst(".* JVM (\\d+) .*", "$1")))
                .containsExactly(pids.split(" ", -1));
    }

    @Test
    void oneThatIsNotThereCostsOneLine() {
        assertThat(run("check 99 11")).isEqualTo(2);
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("MEMLOCK UNKNOWN: there is no process 99"))
                .anyMatch(line -> line.startsWith("MEMLOCK CRITICAL: JVM 11 (app.jar)"));
    }

    @ParameterizedTest
    @CsvSource({
        "check, true, 0",
        "check, false, 0",
        "check 13 12, true, 1",
        "check 13 12, false, 1",
    })
    void oneThatEndsMeanwhileIsMissedOnlyIfItsPidIsGiven(String words, boolean isCollected, int unknown)
            throws Exception {
        process(13, "app.jar", "memlock-keeper");
        Thread end = endsOnceItIsFound(root.resolve("13"), isCollected);

        assertThat(run(words)).isEqualTo(2);

        end.join();
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("MEMLOCK CRITICAL: JVM 12 (other.jar)"))
                .filteredOn(line -> line.startsWith("MEMLOCK UNKNOWN: ") && line.contains("13"))
                .hasSize(unknown);
    }

    /**
     * Replaces the file that is read last for finding a process by a FIFO, whose other end ends the process.
     *
     * @param isCollected whether its parent removes the entry that is left of it
     */
    private static Thread endsOnceItIsFound(Path process, boolean isCollected) throws Exception {
        Path stat = process.resolve("stat");
        String text = Files.readString(stat);
        Files.delete(stat);
        assertThat(new ProcessBuilder("mkfifo", stat.toString()).start().waitFor())
                .isZero();
        Thread end = new Thread(() -> {
            try (OutputStream fifo = Files.newOutputStream(stat)) {
                Path status = process.resolve("status");
                String ended = Files.readString(status).replaceAll("State:.*", "State:\tZ (zombie)");
                Files.writeString(status, ended.replaceAll("Vm.*\n", ""));
                Files.delete(stat);
                Files.writeString(stat, text);
                for (String file :
                        List.of("status", "stat", "maps", "cmdline", "task/113/comm", "task/113", "task", "")) {
                    if (isCollected) {
                        Files.delete(process.resolve(file));
                    }
                }
                fifo.write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        end.start();
        return end;
    }

    @ParameterizedTest
    @ValueSource(strings = {"attach", "attach mode=heap", "unlock"})
    void whoChangesAJvmNamesIt(String words) {
        assertThat(run(words)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("which JVM? Give its PID, --name=NAME or --all");
    }

    /** As cron and monitoring agents run commands. */
    @Test
    void aNameIsReadAsItWasTypedInTheLocaleC() {
        String typed = "--name=gr\u00f6\u00dfe.jar";
        String read = "--name=gr\ufffd\ufffd\ufffd\ufffde.jar";

        assertThat(Main.typed(new String[] {"check", read}, "java\0-jar\0x.jar\0check\0" + typed + "\0"))
                .containsExactly("check", typed);
        assertThat(Main.typed(new String[] {"check", read}, "java\0@file\0")).containsExactly("check", read);
        assertThat(Main.typed(new String[] {"check", read}, "")).containsExactly("check", read);
        assertThat(Main.typed(new String[] {"b"}, "java\0a\0")).containsExactly("b");
    }

    /** As a process on a dead file server: nothing tells that it is a JVM of this name, or one at all. */
    @Test
    void aProcessThatCannotBeLookedAtCostsNoJvmThatIsNamed() throws IOException {
        Path silent = Files.createDirectories(root.resolve("20/maps"));
        run("check --name=app.jar");
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("UNKNOWN");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("Is a directory");

        run("check --all");
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("UNKNOWN: process 20: Is a directory");

        for (String program : List.of("/opt/jdk/bin/java", "/opt/jdk/bin/java (deleted)")) { // the JDK was upgraded
            out.reset();
            Path exe = silent.resolveSibling("exe");
            Files.deleteIfExists(exe);
            Files.createSymbolicLink(exe, Path.of(program));
            run("check --name=app.jar");
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .as(program)
                    .contains("UNKNOWN: process 20: Is a directory");
        }
    }

    @ParameterizedTest
    @CsvSource({"attach, 2", "unlock, 2", "doctor, 2", "status, 2", "check, 3"})
    void allAndANameExcludeEachOther(String command, int status) {
        assertThat(run(command + " --all --name=app.jar")).isEqualTo(status);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("--all and --name exclude each other");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"status -1", "check -1", "unlock 0", "watch -1", "watch 10 --count=-1", "regions x"})
    void aNumberThatCannotBeIsWrongUsage(String words) {
        assertThat(run(words)).isEqualTo(words.startsWith("check") ? 3 : 2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .containsPattern("is not a number of 1 or more|Unmatched argument");
    }

    @ParameterizedTest
    @CsvSource({"status, 1", "check --help, 3", "check, 2"})
    void aCommandWhoseOutputIsLostHasFailedUnlessItHasWorseToTell(String words, int status) {
        PrintStream closed = print(out);
        closed.close();
        Console console = Console.of(closed, print(err), "pipe:[1]", Map.of());

        assertThat(Main.run(commandLine(console), console, words.split(" ", -1)))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"attach", "unlock", "doctor", "status"})
    void aNameThatNoneHasFails(String command) {
        assertThat(run(command + " --name=x.jar")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("no JVM named x.jar that you may look at");
    }

    @ParameterizedTest
    @CsvSource({"attach", "unlock", "doctor", "status"})
    void eachThatIsNotThereIsNamed(String command) {
        assertThat(run(command + " 98 99")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("no process 98:")
                .contains("no process 99:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--coverage=x", "--swapped=1q", "--age=10x"})
    void aBoundThatCannotBeReadIsUnknownUsage(String option) {
        assertThat(run("check " + option)).isEqualTo(3);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains(option.replaceFirst("=.*", ""))
                .contains("it takes");
    }

    /** As in {@code memlock 2>file} at a terminal. */
    @ParameterizedTest
    @CsvSource({"--help, true", "--what, false"})
    void usageIsColouredOnlyWhereTheTerminalIs(String words, boolean isColoured) {
        commandLine(Console.of(print(out), print(err), "/dev/pts/3", Map.of())).execute(words);

        assertThat(out.toString(StandardCharsets.UTF_8).contains("\u001b[")).isEqualTo(isColoured);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .doesNotContain("\u001b[")
                .contains(isColoured ? "" : "Usage");
    }

    private int run(String words) {
        return commandLine(Console.of(print(out), print(err), "pipe:[1]", Map.of()))
                .execute(words.split(" ", -1));
    }

    private CommandLine commandLine(Console console) {
        ProcDirectory proc = new ProcDirectory(root);
        return Main.commandLine(console, proc, new Jvms(proc, 1), new File("memlock-agent.jar"), null);
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private void process(long pid, String jar, String thread) throws IOException {
        Path directory = Files.createDirectories(root.resolve(Long.toString(pid)));
        for (Map.Entry<String, String> file : List.of(
                Map.entry(
                        "status",
                        "Name:\tjava\nState:\tS (sleeping)\nTgid:\t" + pid + "\nPid:\t" + pid
                                + "\nUid:\t0\t0\t0\t0\nVmLck:\t0 kB\nVmRSS:\t100 kB\nVmSwap:\t0 kB\n"),
                Map.entry("stat", pid + " (java) S 1 1 1 0 -1 0 5 0 7 0 1 1 0 0 20 0 1 0 1000 1 1 1\n"),
                Map.entry("maps", "7f0000000000-7f0000001000 r-xp 00000000 08:01 1 /usr/lib/jvm/lib/libjvm.so\n"),
                Map.entry("cmdline", "java\0-jar\0" + jar + "\0"))) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        Path task = Files.createDirectories(directory.resolve("task/" + (pid + 100)));
        Files.writeString(task.resolve("comm"), thread + "\n");
    }
}
