// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.apps.KeepingApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.Wrappers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of the built jar, on JVMs of every JDK; the truth is what /proc says. */
class CommandLineIT {

    private static final long MEGABYTE = 1 << 20;

    /** Linux: include/uapi/asm-generic/mman.h, MCL_CURRENT, MCL_FUTURE and MCL_ONFAULT. */
    private static final int ALL_ON_FAULT = 7;

    private static final String NO_PID = "4194304"; // the kernel's largest is one less

    private ForkedJvm jvm;

    @AfterEach
    void endJvm() {
        if (jvm != null) {
            jvm.close();
        }
    }

    @EachJdk
    @SideBySide
    void attachLocksUnlockUnlocksAndStdoutStaysTheApplications(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        start(jdk);
        jvm.ask("grow 100");
        String stdout = jvm.stdout();
        assertThat(json("status", pid()).at("/jvms/0/lock").asText()).isEqualTo("not-locked");

        Outcome attach = memlock("attach", pid()).succeeded();
        assertThat(attach.stdout()).startsWith("locked ");
        assertThat(attach.stderr().contains("A Java agent has been loaded dynamically"))
                .as("announces the JVM's warning")
                .isEqualTo(jdk.feature() >= 21);
        Smaps locked = Smaps.of(jvm.pid());
        assertThat(locked.lockedBytes()).isGreaterThan(100 * MEGABYTE);
        assertThat(locked.residentUnlockedBytes()).as("%s", locked.unlocked()).isLessThan(4 * MEGABYTE);
        // What was only reserved when it was locked appears unlocked, and is found at the keeper's next pass.
        eventually(() ->
                assertThat(json("status", pid()).at("/jvms/0/lock").asText()).isEqualTo("locked"));
        JsonNode status = json("status", pid()).at("/jvms/0");
        assertThat(status.get("agent").asBoolean()).isTrue();
        assertThat(memlock("status", pid()).stdout()).contains("which CAP_IPC_LOCK lifts");

        memlock("unlock", pid()).succeeded();
        assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
        assertThat(jvm.stdout()).isEqualTo(stdout);
        assertThat(jvm.ask("grow 120")).isNotEmpty();
    }

    @EachJdk
    @SideBySide
    void attachingAgainGivesNewOptionsToTheAgentThatIsThere(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        start(jdk);
        jvm.ask("grow 100");
        assertThat(memlock("attach", pid(), "mode=heap").exitStatus()).isZero();
        assertThat(region("heap").get("coverage").asDouble()).isEqualTo(1);
        // What is mapped from now on is born locked, until the keeper finds that it is not wanted.
        eventually(() -> assertThat(region("libs").get("lockedBytes").asLong()).isZero());

        Outcome again = memlock("attach", pid(), "mode=heap+libs,log=quiet").succeeded();
        assertThat(again.stdout()).contains("mode=heap+libs");
        assertThat(region("libs").get("lockedBytes").asLong()).isPositive();
        eventually(() ->
                assertThat(region("metaspace").get("lockedBytes").asLong()).isZero());
    }

    @Test
    @SideBySide
    void checkFindsWhatAnAttachHasJustSaid() {
        Machine.requireUnlimitedLocking();
        start(Jdk.current());
        memlock("attach", pid(), "mode=heap").succeeded();
        assertThat(memlock("check", pid()).stdout()).startsWith("MEMLOCK OK").contains("locked: heap,");

        memlock("attach", pid(), "mode=heap+code").succeeded();
        assertThat(memlock("check", pid()).stdout()).startsWith("MEMLOCK OK").contains("locked: heap+code,");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "check", "regions", "regions --maps", "watch --count=1", "doctor"})
    @SideBySide
    void everyFieldOfJsonIsDocumented(String command) throws Exception {
        start(Jdk.current());
        List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
        words.add(1, pid());
        words.add("--json");
        String document = memlock(words.toArray(new String[0])).stdout();
        String docs = Files.readString(Path.of("..", "docs", "command-line.md"));

        assertThat(Pattern.compile("\"([A-Za-z]+)\":")
                        .matcher(document)
                        .results()
                        .map(field -> field.group(1))
                        .distinct())
                .isNotEmpty()
                .allMatch(field -> docs.contains("`" + field + "`"));
    }

    @EachJdk
    @SideBySide
    void checkAnswersInOneLineAndByItsExitStatus(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        start(jdk);
        assertThat(memlock("check", pid())).satisfies(check -> {
            assertThat(check.stdout())
                    .startsWith("MEMLOCK CRITICAL: JVM " + pid())
                    .hasLineCount(1);
            assertThat(check.stdout()).contains("not locked");
            assertThat(check.exitStatus()).isEqualTo(2);
        });

        assertThat(memlock("attach", pid()).exitStatus()).isZero();
        eventually(() -> assertThat(memlock("check", pid())).satisfies(check -> {
            assertThat(check.stdout()).startsWith("MEMLOCK OK: JVM " + pid()).hasLineCount(1);
            assertThat(check.stdout()).containsPattern("locked, verified \\d s ago");
            assertThat(check.exitStatus()).isZero();
        }));
        assertThat(memlock("check", pid(), "--age=1h", "--coverage=:0", "--swapped=1g")
                        .exitStatus())
                .isZero();
        assertThat(memlock("check").stdout()).contains("OK: JVM " + pid());

        Outcome both = memlock("check", pid(), NO_PID);
        assertThat(both.exitStatus()).isEqualTo(3);
        assertThat(both.stdout().lines()).hasSize(3).first().isEqualTo("MEMLOCK UNKNOWN: 2 JVMs, 1 OK, 1 UNKNOWN");
        assertThat(both.stdout()).contains("MEMLOCK UNKNOWN: there is no process " + NO_PID);
        assertThat(memlock("check", pid(), NO_PID, "--json").stdout()).containsPattern("\"level\": ?\"UNKNOWN\"");

        assertThat(memlock("unlock", pid()).exitStatus()).isZero();
        assertThat(memlock("check", pid()).exitStatus()).isEqualTo(2);
    }

    @Test
    void checkOfNothingIsUnknown() {
        assertThat(memlock("check", "--name=no-such-jvm")).satisfies(check -> {
            assertThat(check.stdout()).startsWith("MEMLOCK UNKNOWN: no JVM named no-such-jvm");
            assertThat(check.exitStatus()).isEqualTo(3);
        });
        assertThat(memlock("check", "--nme=x").exitStatus()).as("wrong usage").isEqualTo(3);
        assertThat(memlock("check", "x1").exitStatus()).isEqualTo(3);
    }

    @Test
    void checkFindsAJvmByItsName() throws Exception {
        start(Jdk.current());
        String name = json("status", pid()).at("/jvms/0/name").asText();

        Outcome check = memlock("check", "--name=" + name);

        assertThat(check.stdout()).contains("CRITICAL: JVM " + pid());
        assertThat(check.exitStatus()).isEqualTo(2);
    }

    @EachJdk
    @SideBySide
    void severalJvmsAreLockedAndUnlockedAndOneThatIsNotThereCostsOneLine(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        start(jdk);
        try (ForkedJvm other = describe(jdk).start()) {
            other.awaitLine("ready");
            String second = Long.toString(other.pid());

            Outcome attach = memlock("attach", pid(), NO_PID, second, "mode=heap");

            assertThat(attach.exitStatus()).as("%s", attach).isEqualTo(1);
            assertThat(attach.stdout().lines())
                    .hasSize(2)
                    .allMatch(line -> line.matches("JVM (" + pid() + "|" + second + ") \\(.*\\): .*mode=heap.*"));
            assertThat(attach.stderr()).contains("there is no process " + NO_PID);
            assertThat(ProcStatus.of(other.pid()).chargedBytes()).isPositive();

            Outcome status = memlock("status", pid(), second, NO_PID);
            assertThat(status.exitStatus()).as("%s", status).isEqualTo(1);
            assertThat(status.stdout().lines().filter(line -> line.contains("yes")))
                    .hasSize(2);
            assertThat(status.stderr()).contains("there is no process " + NO_PID);
            assertThat(json("doctor", pid(), second, "mode=heap").get("jvms")).hasSize(2);

            memlock("unlock", second, pid()).succeeded();
            assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
            assertThat(ProcStatus.of(other.pid()).chargedBytes()).isZero();
        }
    }

    @Test
    @SideBySide
    void attachTalksToAnAgentLoadedAtTheStart() {
        Machine.requireUnlimitedLocking();
        jvm = describe(Jdk.current()).agent("mode=none").start();
        jvm.awaitLine("ready");
        jvm.awaitErrorLine("[memlock]");
        jvm.ask("grow 50");
        assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();

        memlock("attach", pid(), "mode=heap", "interval=500ms").succeeded();
        assertThat(Smaps.of(jvm.pid()).lockedBytes()).isGreaterThan(50 * MEGABYTE);
    }

    @Test
    void aTypoNeverReachesTheJvm() {
        start(Jdk.current());
        Outcome attach = memlock("attach", pid(), "mode=heep");

        assertThat(attach.exitStatus()).isEqualTo(2);
        assertThat(attach.stderr()).contains("did you mean 'heap'?");
        assertThat(ProcStatus.of(jvm.pid()).status()).isNotEmpty();
        assertThat(memlock("unlock", pid()).stderr()).contains("no memlock agent runs in JVM " + pid());
    }

    @Test
    void aJvmThatMayNotLockSaysSoAndGoesOn() {
        Machine.requireDroppableIpcLock();
        jvm = describe(Jdk.current())
                .wrapper(Wrappers.memlockLimit(64 * 1024))
                .wrapper(Wrappers.withoutIpcLock())
                .start();
        jvm.awaitLine("ready");

        Outcome attach = memlock("attach", pid(), "mode=heap,on-failure=exit");

        assertThat(attach.exitStatus()).as("%s", attach).isEqualTo(1);
        assertThat(attach.stderr()).contains("tried:", "to fix:");
        jvm.awaitErrorLine("[memlock] NOT LOCKED, asked for by attach");
        assertThat(jvm.stderr()).contains(" WARN ");
        assertThat(memlock("status", pid()).stdout()).contains("charged       0 against a limit of 64.0 KiB\n");
        assertThat(jvm.ask("grow 20")).isNotEmpty();
    }

    /** LOCKED with nothing locked is the truth then. */
    @Test
    void whatTheJvmMapsLaterIsNoLieNow() {
        start(Jdk.current());

        Outcome attach =
                memlock("attach", pid(), "mode=mapped,mapped=/data/hot/**").succeeded();

        assertThat(attach.stdout()).contains("locked 0 B of 0 B resident", "Nothing of it is in RAM yet");
        assertThat(attach.stderr()).isEmpty();
    }

    @Test
    void aJvmOfAnOlderReleaseIsLeftAlone() {
        start(Jdk.current());
        jvm.ask("property java.vm.specification.version 11"); // as one of that release says

        Outcome attach = memlock("attach", pid());

        assertThat(attach.exitStatus()).as("%s", attach).isEqualTo(1);
        assertThat(attach.stderr()).contains("runs Java 11: the agent needs Java 17 or newer");
        assertThat(jvm.stderr()).isEmpty();
    }

    @Test
    void aJvmThatRefusesAttachingIsNotSignalled() {
        jvm = describe(Jdk.current()).flags("-XX:+DisableAttachMechanism").start();
        jvm.awaitLine("ready");

        Outcome attach = memlock("attach", pid());

        assertThat(attach.exitStatus()).isEqualTo(1);
        assertThat(attach.stderr()).contains("-XX:+DisableAttachMechanism");
        jvm.ask("grow 1");
        assertThat(jvm.stdout()).doesNotContain("Full thread dump");
    }

    @ParameterizedTest
    @CsvSource({"-XX:+UsePerfData, was started with -Xrs", "-XX:-UsePerfData, does not handle SIGQUIT"})
    @SideBySide
    void aJvmThatWouldDieOfBeingAskedIsNotAsked(String perfData, String told, @TempDir Path directory)
            throws Exception {
        Path arguments = Files.writeString(directory.resolve("arguments"), "-Xrs\n"); // where the command line hides it
        jvm = describe(Jdk.current()).flags("@" + arguments, perfData).start();
        jvm.awaitLine("ready");
        Path socket = Path.of("/tmp/.java_pid" + pid());
        eventually(() -> assertThat(Files.deleteIfExists(socket)).isTrue()); // as somebody does who cleans /tmp

        Outcome attach = memlock("attach", pid());

        assertThat(attach.exitStatus()).as("%s", attach).isEqualTo(1);
        assertThat(attach.stderr()).contains(told).contains("-Xrs");
        assertThat(jvm.ask("grow 1")).as("it lives").isNotEmpty();
    }

    /** HotSpot has it listen from the start. */
    @EachJdk
    @SideBySide
    void aJvmWithoutSignalsIsAttachedToWithoutOne(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        jvm = describe(jdk).flags("-Xrs").start();
        jvm.awaitLine("ready");

        memlock("attach", pid(), "mode=heap").succeeded();

        assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isPositive();
        assertThat(memlock("doctor", pid(), "mode=heap").stdout()).doesNotContain("-Xrs");
    }

    @Test
    void aStoppedJvmIsNotAsked() {
        start(Jdk.current());
        Commands.succeed("kill", "-STOP", pid());
        Outcome attach;
        try {
            attach = memlock("attach", pid());
        } finally {
            Commands.succeed("kill", "-CONT", pid());
        }

        assertThat(attach.exitStatus()).as("%s", attach).isEqualTo(1);
        assertThat(attach.stderr()).contains("it is stopped").contains("kill -CONT " + pid());
        jvm.ask("grow 1");
        assertThat(jvm.stdout()).doesNotContain("Full thread dump");
    }

    /** As where somebody cleans /tmp. */
    @EachJdk
    @SideBySide
    void countersThatSomebodyHasRemovedAreReadInTheJvm(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        Machine.require(Machine.isAdmin(), "needs root, to read the memory of another process wherever it runs");
        jvm = describe(jdk).agent("mode=heap").start();
        jvm.awaitLine("ready");
        Files.delete(Path.of("/tmp/hsperfdata_" + System.getProperty("user.name"), pid()));

        eventually(
                () -> assertThat(memlock("check", pid()).succeeded().stdout()).contains("locked: heap, verified"));
    }

    @EachJdk
    @SideBySide
    void statusAgreesWithProc(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        jvm = describe(jdk).agent("mode=heap").start();
        jvm.awaitLine("ready");
        jvm.ask("grow 100");

        eventually(() -> assertThat(mine().get("lock").asText()).isEqualTo("locked"));
        JsonNode mine = mine();

        assertThat(mine.get("coverageOf").asText()).isEqualTo("selection");
        Smaps truth = Smaps.of(jvm.pid());
        assertThat(mine.get("lockedBytes").asLong()).isCloseTo(truth.lockedBytes(), within(4 * MEGABYTE));
        assertThat(mine.get("heapMaxBytes").asLong()).isEqualTo(256 * MEGABYTE);
        assertThat(mine.get("name").asText()).isEqualTo(HeapApp.class.getName());
        JsonNode host = json("status").get("host");
        assertThat(host.get("jvmsLockedBytes").asLong()).isGreaterThan(100 * MEGABYTE);
        assertThat(host.get("allLockedBytes").asLong()).isGreaterThan(100 * MEGABYTE);
        assertThat(host.get("ramBytes").asLong())
                .isGreaterThan(host.get("availableBytes").asLong());
        assertThat(memlock("status").stdout())
                .contains("VERDICT", "locked: heap", "these JVMs: locked ", "host: RAM ")
                .doesNotContain("\u001b");
    }

    @EachJdk
    @SideBySide
    void ofALargeJvmStatusTellsWhatItsAgentHasMeasured(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        jvm = ForkedJvm.on(jdk)
                .flags("-Xms64m", "-Xmx900m", "-XX:+UseSerialGC")
                .agent("mode=all,log=quiet")
                .main(HeapApp.class)
                .start();
        jvm.awaitLine("ready");
        jvm.ask("grow 600");

        eventually(() -> {
            JsonNode mine = mine();
            assertThat(mine.get("lock").asText()).isEqualTo("locked");
            assertThat(mine.get("lockedBytes").asLong())
                    .isCloseTo(Smaps.of(jvm.pid()).lockedBytes(), within(8 * MEGABYTE))
                    .isGreaterThan(600 * MEGABYTE);
            assertThat(mine.get("lockedBytesAgeSeconds").asLong()).isBetween(0L, 300L);
            assertThat(mine.get("verifiedAgeSeconds").asLong()).isBetween(0L, 10L);
        });
        assertThat(json("status", pid()).at("/jvms/0/lockedBytesAgeSeconds").asLong())
                .as("measured now")
                .isZero();
        assertThat(memlock("status", pid()).stdout()).containsPattern("verified +\\d+ s ago by the agent\n");
        // Counters of a JVM that is stopped stay as they are.
        Commands.succeed("kill", "-STOP", pid());
        try {
            eventually(() -> assertThat(mine().get("lock").asText()).isEqualTo("not-verified"));
            Outcome unknown = memlock("check", pid());
            assertThat(unknown.stdout())
                    .containsPattern("MEMLOCK UNKNOWN: JVM .* not verified by its agent for \\d+ s\n");
            assertThat(unknown.exitStatus()).isEqualTo(3);
            assertThat(memlock("check", pid(), "--age=1s:2s").exitStatus()).isEqualTo(2);
        } finally {
            Commands.succeed("kill", "-CONT", pid());
        }
    }

    @Test
    @SideBySide
    void ofALargeJvmWithoutTheAgentOnlyExactMeasures() throws Exception {
        Machine.requireUnlimitedLocking();
        jvm = ForkedJvm.on(Jdk.current())
                .flags("-Xms64m", "-Xmx900m", "-XX:+UseSerialGC")
                .withJna()
                .main(KeepingApp.class)
                .start();
        jvm.awaitLine("ready");
        jvm.ask("grow 600");
        assertThat(jvm.ask("mlockall " + ALL_ON_FAULT)).isEqualTo("0");
        assertThat(mine().get("lock").asText()).isEqualTo("not-measured");
        assertThat(memlock("check", pid()).exitStatus()).isEqualTo(3);

        JsonNode exact = mine("--exact");
        assertThat(exact.get("lockedBytes").asLong())
                .isCloseTo(Smaps.of(jvm.pid()).lockedBytes(), within(8 * MEGABYTE))
                .isGreaterThan(600 * MEGABYTE);
        assertThat(exact.get("lockedBytesAgeSeconds").asLong()).isZero();
        assertThat(memlock("check", "--exact", pid()).succeeded().stdout()).startsWith("MEMLOCK OK");
    }

    @EachJdk
    @SideBySide
    void regionsAddUpToTheWholeProcess(Jdk jdk) throws Exception {
        start(jdk);
        jvm.ask("grow 100");

        JsonNode regions = json("regions", pid());

        long sum = StreamSupport.stream(regions.get("regions").spliterator(), false)
                .mapToLong(row -> row.get("residentBytes").asLong())
                .sum();
        assertThat(sum).isEqualTo(regions.at("/total/residentBytes").asLong());
        assertThat(sum).isLessThanOrEqualTo(Smaps.of(jvm.pid()).residentBytes() + 4 * MEGABYTE);
        assertThat(region("heap").get("reservedBytes").asLong()).isEqualTo(256 * MEGABYTE);
        assertThat(region("heap").get("residentBytes").asLong()).isGreaterThan(100 * MEGABYTE);
        JsonNode mappings = json("regions", pid(), "--maps").get("mappings");
        assertThat(mappings.get(0).get("start").asText()).matches("[0-9a-f]{16}");
        long metaspace = StreamSupport.stream(mappings.spliterator(), false)
                .filter(row -> row.get("region").asText().equals("metaspace"))
                .mapToLong(row -> row.get("residentBytes").asLong())
                .sum();
        assertThat(metaspace)
                .as("metaspace by mappings, against that by regions")
                .isCloseTo(region("metaspace").get("residentBytes").asLong(), within(MEGABYTE))
                .isPositive();
        assertThat(memlock("regions", pid()).stdout()).contains("known from diagnostic commands");
    }

    @Test
    @SideBySide
    void watchWritesALineForEachLookAndEndsWithTheJvm() throws Exception {
        start(Jdk.current());
        Outcome watch = memlock("watch", pid(), "--interval=100ms", "--count=3");
        assertThat(watch.exitStatus()).isZero();
        assertThat(watch.stdout().lines()).hasSize(5).allMatch(line -> line.length() <= 80);
        assertThat(watch.stdout()).startsWith("JVM " + pid() + " (");
        assertThat(watch.stdout()).doesNotContain("\u001b");
        JsonNode line = new ObjectMapper()
                .readTree(memlock("watch", pid(), "--count=1", "--json").stdout());
        assertThat(line.get("lockedBytes").asLong()).isZero();

        try (ForkedJvm command = ForkedJvm.on(Jdk.current())
                .main("-jar", AgentJar.path().toString(), "watch", pid(), "--interval=500ms")
                .start()) {
            command.awaitLine("JVM " + pid());
            command.awaitLine(""); // the titles
            command.awaitLine(""); // the first look
            jvm.send("exit");
            Outcome ended = command.awaitExit();
            assertThat(ended.exitStatus()).as(ended::toString).isEqualTo(1);
            assertThat(ended.stderr()).as(ended::toString).contains("has ended");
        }
    }

    @Test
    @SideBySide
    void saysWhatIsWrongWithAPid() {
        for (String command : List.of("status", "regions", "watch", "attach", "unlock")) {
            Outcome gone = memlock(command, NO_PID);
            assertThat(gone.exitStatus()).as("%s %s", command, gone).isEqualTo(1);
            assertThat(gone.stderr()).contains("there is no process " + NO_PID);
            Outcome typo = memlock(command, "x1");
            assertThat(typo.exitStatus()).as("%s %s", command, typo).isEqualTo(2);
            assertThat(typo.stdout()).isEmpty();
        }
    }

    @Test
    void aProcessThatIsNoJvmIsLeftAlone() throws Exception {
        Process sleep = new ProcessBuilder("sleep", "60").start();
        try {
            Outcome attach = memlock("attach", Long.toString(sleep.pid()));
            assertThat(attach.exitStatus()).isEqualTo(1);
            assertThat(attach.stderr()).contains("(sleep) is not a JVM");
            assertThat(sleep.isAlive()).isTrue();
        } finally {
            sleep.destroy();
        }
    }

    @Test
    void anotherUsersJvmIsNamedWithItsUser() {
        Machine.require(Machine.isAdmin() && Machine.hasCommand("setpriv"), "needs root and setpriv");
        start(Jdk.current());
        List<String> asNobody =
                new ArrayList<>(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
        asNobody.addAll(command("status", pid()));

        Outcome status = Commands.run(asNobody);

        Machine.require(!status.stderr().contains("Unable to access jarfile"), "needs a jar everybody can read");
        assertThat(status.exitStatus()).as("%s", status).isEqualTo(1);
        assertThat(status.stderr()).contains("it belongs to user root");
    }

    @Test
    @SideBySide
    void rootLocksAnotherUsersJvm() {
        Machine.require(Machine.isAdmin() && Machine.hasCommand("setpriv"), "needs root and setpriv");
        jvm = describe(Jdk.current())
                .wrapper(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"))
                .start();
        jvm.awaitLine("ready");

        Outcome attach = memlock("attach", pid(), "mode=gc"); // little enough for the usual limit

        assertThat(attach.exitStatus()).as("%s", attach).isZero();
        assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isPositive();
    }

    @Test
    @SideBySide
    void tellsThatStandardOutputIsClosedOrFull() {
        String version = String.join(" ", Memlock.command(Jdk.current(), "--version"));
        Outcome closed = Commands.run("sh", "-c", version + " >&-");
        assertThat(closed.exitStatus()).as(closed::toString).isEqualTo(1);
        assertThat(closed.stderr()).isEqualTo("the output could not be written: standard output is closed\n");

        Outcome full = Commands.run("sh", "-c", version + " > /dev/full");
        assertThat(full.exitStatus()).as(full::toString).isEqualTo(1);
        assertThat(full.stderr()).isEqualTo("the output could not be written to /dev/full\n");
    }

    @Test
    void helpGoesToStdoutAndMistakesToStderr() {
        Outcome help = memlock("--help");
        assertThat(help.exitStatus()).isZero();
        assertThat(help.stdout()).contains("status", "check", "regions", "watch", "attach", "unlock");
        assertThat(help.stderr()).isEmpty();
        assertThat(memlock("help", "status").stdout()).contains("9 ms for each resident GiB");
        assertThat(memlock("--version").stdout())
                .isEqualTo("memlock-agent " + System.getProperty("memlock.agent.version") + "\n");

        Outcome nothing = memlock();
        assertThat(nothing.exitStatus()).isEqualTo(2);
        assertThat(nothing.stdout()).isEmpty();
        Outcome unknown = memlock("stats");
        assertThat(unknown.exitStatus()).isEqualTo(2);
        assertThat(unknown.stderr()).contains("status");
    }

    private void start(Jdk jdk) {
        jvm = describe(jdk).start();
        jvm.awaitLine("ready");
    }

    private static ForkedJvm.Builder describe(Jdk jdk) {
        return ForkedJvm.on(jdk).flags("-Xms64m", "-Xmx256m").main(HeapApp.class);
    }

    private String pid() {
        return Long.toString(jvm.pid());
    }

    private JsonNode mine(String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of(options));
        words.add(0, "status");
        return StreamSupport.stream(
                        json(words.toArray(String[]::new)).get("jvms").spliterator(), false)
                .filter(row -> row.get("pid").asLong() == jvm.pid())
                .findFirst()
                .orElseThrow();
    }

    private JsonNode region(String name) throws Exception {
        for (JsonNode row : json("regions", pid()).get("regions")) {
            if (row.get("region").asText().equals(name)) {
                return row;
            }
        }
        throw new AssertionError("no region " + name);
    }

    private static JsonNode json(String... arguments) throws Exception {
        List<String> more = new ArrayList<>(List.of(arguments));
        more.add("--json");
        Outcome outcome = memlock(more.toArray(String[]::new)).succeeded();
        return new ObjectMapper().readTree(outcome.stdout());
    }

    private static Outcome memlock(String... arguments) {
        return Commands.run(command(arguments));
    }

    private static List<String> command(String... arguments) {
        return Memlock.command(Jdk.current(), arguments);
    }
}
