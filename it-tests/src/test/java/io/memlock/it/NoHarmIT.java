// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.ClassProbeApp;
import io.memlock.it.apps.DefaultFileSystemApp;
import io.memlock.it.apps.ForwardingFileSystemProvider;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.apps.HelloApp;
import io.memlock.it.apps.ListFilesApp;
import io.memlock.it.apps.OwnBeanApp;
import io.memlock.it.apps.OwnJnaApp;
import io.memlock.it.apps.OwnLogManagerApp;
import io.memlock.it.apps.OwnLogManagerApp.OwnLogManager;
import io.memlock.it.apps.PropertiesApp;
import io.memlock.it.apps.ThreadsApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.AgentLine;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.ProcTask;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.Strace;
import io.memlock.it.harness.Wrappers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An application must not be able to tell, but by its locked memory, that the agent is there. */
class NoHarmIT {

    @TempDir
    private Path directory;

    @EachJdk
    void applicationChoosesItsLogManagerInMain(Jdk jdk) {
        assertOwnLogManager(ForkedJvm.on(jdk).agent("").main(OwnLogManagerApp.class, "main"));
    }

    @EachJdk
    void applicationChoosesItsLogManagerOnTheCommandLine(Jdk jdk) {
        assertOwnLogManager(ForkedJvm.on(jdk)
                .agent("")
                .flags("-Djava.util.logging.manager=" + OwnLogManager.class.getName())
                .main(OwnLogManagerApp.class));
    }

    @EachJdk
    void applicationChoosesItsLogManagerWithRemoteJmxOn(Jdk jdk) {
        assertOwnLogManager(ForkedJvm.on(jdk)
                .agent("")
                .flags(JmxClient.remoteFlags(JmxClient.freePort()))
                .flags("-Djava.util.logging.manager=" + OwnLogManager.class.getName())
                .main(OwnLogManagerApp.class));
    }

    private static void assertOwnLogManager(ForkedJvm.Builder application) {
        Outcome outcome = application.run();

        assertThat(outcome.stdout()).as(outcome::toString).isEqualTo(OwnLogManager.class.getName() + "\n");
    }

    @EachJdk
    void applicationUsesItsOwnOlderJna(Jdk jdk) {
        Outcome without = ownJna(jdk).run();
        Outcome with = ownJna(jdk).agent("").run();

        assertThat(with.stdout())
                .as(with::toString)
                .isEqualTo("version " + System.getProperty("memlock.old-jna.version")
                        + "\nloader application\ngetpid right\n");
        assertSame(with, without);
    }

    private static ForkedJvm.Builder ownJna(Jdk jdk) {
        return ForkedJvm.on(jdk)
                .classPath(AgentJar.testClasses(), Path.of(System.getProperty("memlock.old-jna.jar")))
                .main(OwnJnaApp.class);
    }

    /** An exception out of premain would abort the JVM, and the JDK's instrument library would do so for one of its own. */
    @EachJdk
    void livesInAHeapOfAFewMegabytes(Jdk jdk) {
        for (String heap : List.of("-Xmx3m", "-Xmx4m", "-Xmx5m")) {
            for (String options : List.of("", "mode=heap", "mode=heap+code+metaspace,strategy=rescan")) {
                Outcome outcome = ForkedJvm.on(jdk)
                        .agent(options)
                        .flags("-XX:+UseG1GC", heap)
                        .main(HelloApp.class)
                        .run();

                assertThat(outcome.exitStatus())
                        .as("%s, %s: %s", heap, options, outcome)
                        .isZero();
            }
        }
    }

    /** An error of HotSpot's own, provoked to see whether there is room, would end the JVM, or have its heap dumped. */
    @EachJdk
    void provokesNoErrorOfAFullHeap(Jdk jdk) {
        for (String flag : List.of("-XX:+UseG1GC", "-XX:+UseSerialGC", "-XX:+UseParallelGC")) {
            Outcome outcome = ForkedJvm.on(jdk)
                    .agent("mode=heap")
                    .flags(flag, "-Xmx4m", "-XX:+ExitOnOutOfMemoryError")
                    .main(HelloApp.class)
                    .run();

            assertThat(outcome.exitStatus()).as("%s: %s", flag, outcome).isZero();
        }
    }

    /** While the agent's thread beside main reads its classes, in 15 of 40 JVMs main found no room, or HotSpot none. */
    @EachJdk
    void leavesMainItsHeapOfAFewMegabytes(Jdk jdk) {
        for (int run = 0; run < 20; run++) {
            ForkedJvm.on(jdk)
                    .agent("")
                    .flags("-XX:+UseG1GC", "-Xmx4m")
                    .main(HelloApp.class)
                    .run()
                    .succeeded();
        }
    }

    /** On a busy machine main may not run yet: a second is what the test watches of the two that such a heap is left to it. */
    @EachJdk
    void beginsNoThreadOfItsOwnInASmallHeapBeforeMainHasHadTime(Jdk jdk) throws IOException {
        long start = System.nanoTime();
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("")
                .flags("-XX:+UseSerialGC", "-Xmx8m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            boolean isEarly;
            do {
                boolean isThere = hasKeeper(jvm);
                isEarly = System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1);
                assertThat(isThere && isEarly).isFalse();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            } while (isEarly);

            eventually(() -> assertThat(hasKeeper(jvm)).isTrue());
        }
    }

    private static boolean hasKeeper(ForkedJvm jvm) throws IOException {
        return ProcTask.of(jvm.pid()).stream().anyMatch(task -> task.name().equals("memlock-keeper"));
    }

    @EachJdk
    void systemPropertiesAreThoseWithoutTheAgent(Jdk jdk) {
        List<String> without = properties(ForkedJvm.on(jdk));
        List<String> with = properties(ForkedJvm.on(jdk).agent(""));

        assertThat(with).isNotEmpty().isEqualTo(without);
    }

    private static List<String> properties(ForkedJvm.Builder application) {
        Outcome outcome =
                application.main(PropertiesApp.class).run("print", "exit").succeeded();
        return outcome.stdout().lines().toList();
    }

    @EachJdk
    void applicationChoosesItsDefaultFileSystem(Jdk jdk) {
        Outcome inMain = ForkedJvm.on(jdk)
                .agent("")
                .main(DefaultFileSystemApp.class, "main")
                .run();
        Outcome onTheCommandLine = ForkedJvm.on(jdk)
                .agent("")
                .flags("-Djava.nio.file.spi.DefaultFileSystemProvider=" + ForwardingFileSystemProvider.class.getName())
                .main(DefaultFileSystemApp.class)
                .run();

        assertThat(onTheCommandLine.stdout()).as(onTheCommandLine::toString).isEqualTo("own\n");
        // The JDK may have made up its mind itself, before main: then it does so without us too.
        assertThat(inMain.stdout())
                .isEqualTo(ForkedJvm.on(jdk)
                        .main(DefaultFileSystemApp.class, "main")
                        .run()
                        .stdout());
    }

    @ParameterizedTest
    @CsvSource({"'',0", "'',3", "log=debug,0", "log=quiet,0"})
    void outputAndExitStatusAreTheApplications(String options, int status) {
        ForkedJvm.Builder hello = ForkedJvm.on(Jdk.current()).main(HelloApp.class, Integer.toString(status), "wörld");
        Outcome without = hello.run();

        assertSame(hello.agent(options).run(), without);
    }

    private static void assertSame(Outcome with, Outcome without) {
        assertThat(with.stdout()).isEqualTo(without.stdout());
        assertThat(with.exitStatus()).as(with::toString).isEqualTo(without.exitStatus());
        assertThat(with.otherErrorLines()).isEqualTo(without.otherErrorLines());
    }

    @Test
    void applicationCannotSeeTheBundledClasses() {
        Outcome outcome = ForkedJvm.on(Jdk.current())
                .agent("")
                .main(
                        ClassProbeApp.class,
                        "com.sun.jna.Native",
                        "picocli.CommandLine",
                        "net.bytebuddy.ByteBuddy",
                        "io.memlock.agent.Memlock",
                        "io.memlock.os.LibC",
                        "io.memlock.bootstrap.MemlockAgent")
                .run();

        assertThat(outcome.stdout())
                .as(outcome::toString)
                .isEqualTo(
                        """
                        com.sun.jna.Native hidden
                        picocli.CommandLine hidden
                        net.bytebuddy.ByteBuddy hidden
                        io.memlock.agent.Memlock hidden
                        io.memlock.os.LibC hidden
                        io.memlock.bootstrap.MemlockAgent visible
                        """);
    }

    @Test
    void addsDaemonThreadsOnly() {
        try (ForkedJvm plain = threads().start();
                ForkedJvm locked = threads().agent("").start()) {
            plain.awaitLine("ready");
            locked.awaitLine("ready");
            locked.awaitErrorLine("[memlock] locked ");

            assertThat(addedThreads(plain, locked)).allMatch(thread -> thread.endsWith("/daemon"));
            // JNA has one of its own, which ends when it finds nothing to do. Where locking is allowed by a capability
            // alone
            // one more watches it.
            eventually(() -> assertThat(addedThreads(plain, locked))
                    .filteredOn(thread -> !thread.equals("memlock-privilege/daemon"))
                    .containsExactly("memlock-keeper/daemon", "memlock-reporter/daemon"));
        }
    }

    private static ForkedJvm.Builder threads() {
        return ForkedJvm.on(Jdk.current()).main(ThreadsApp.class);
    }

    private static List<String> addedThreads(ForkedJvm plain, ForkedJvm locked) {
        List<String> without = threadsOf(plain);
        List<String> with = threadsOf(locked);
        assertThat(with).containsAll(without);
        return with.stream().filter(thread -> !without.contains(thread)).toList();
    }

    private static List<String> threadsOf(ForkedJvm jvm) {
        return Arrays.asList(jvm.ask("threads").split(", ", -1));
    }

    @EachJdk
    void startsNoChildProcess(Jdk jdk) {
        try (ForkedJvm jvm = ForkedJvm.on(jdk).agent("").main(ThreadsApp.class).start()) {
            jvm.awaitLine("ready");
            jvm.ask("threads");

            assertThat(ProcStatus.of(jvm.pid()).minorFaultsOfChildren()).isZero();
            assertThat(ProcessHandle.of(jvm.pid()).orElseThrow().children()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jps", "keytool -help", "javac -version", "jcmd -l"})
    void leavesTheToolsOfTheJdkAlone(String commandLine) {
        Jdk jdk = Jdk.current();
        String[] words = commandLine.split(" ", -1);
        words[0] = jdk.tool(words[0]).toString();

        Outcome outcome = Commands.run(Stream.concat(
                                Stream.of("env", "JAVA_TOOL_OPTIONS=" + AgentJar.javaagent("")), Arrays.stream(words))
                        .toList())
                .succeeded();
        assertThat(outcome.agentMessages()).isEmpty();
    }

    @EachJdk
    void leavesItsOwnCommandLineAlone(Jdk jdk) throws IOException {
        Machine.requireDroppableIpcLock();
        Path copy = Files.copy(AgentJar.path(), directory.resolve("copy.jar"));
        for (String jar : new String[] {AgentJar.path().toString(), copy.toString()}) {
            Outcome outcome = ForkedJvm.on(jdk)
                    .wrapper(Wrappers.withoutIpcLock())
                    .wrapper(Wrappers.memlockLimit(0))
                    .environment("JAVA_TOOL_OPTIONS", AgentJar.javaagent("on-failure=exit"))
                    .main("-jar", jar, "--version")
                    .run()
                    .succeeded();
            assertThat(outcome.stdout()).startsWith("memlock-agent ");
            assertThat(outcome.agentMessages()).isEmpty();
        }
    }

    @EachJdk
    void leavesABeanOfItsNameToTheApplication(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = ForkedJvm.on(jdk).main(OwnBeanApp.class).start()) {
            jvm.awaitLine("ready");
            attach(jdk, jvm, "mode=heap");
            assertThat(jvm.awaitErrorLine("[memlock] no MXBean")).contains("the application has a bean of the name");
            attach(jdk, jvm, "mode=heap,jmx=off");

            assertThat(jvm.ask("answer")).isEqualTo("the application's");
        }
    }

    private static void attach(Jdk jdk, ForkedJvm jvm, String options) {
        Commands.succeed(Memlock.command(jdk, "attach", jvm.pid(), options));
    }

    @EachJdk
    void locksAnApplicationStartedFromItsSource(Jdk jdk) throws IOException {
        Machine.requireUnlimitedLocking();
        Path source = Files.writeString(
                directory.resolve("Hello.java"),
                "class Hello { public static void main(String[] args) { System.out.println(\"hello\"); } }");

        Outcome outcome = ForkedJvm.on(jdk)
                .environment("JAVA_TOOL_OPTIONS", AgentJar.javaagent(""))
                .main(source.toString())
                .run();

        assertThat(outcome.stdout()).as(outcome::toString).isEqualTo("hello\n");
        assertThat(outcome.agentMessagesBeforeTheEnd())
                .filteredOn(message -> message.contains("locked"))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=heep", "mode", "colour=red", "mode=all,mode=none", "interval=soon"})
    void badOptionEndsTheJvmLikeABadFlag(String options) throws IOException {
        Outcome outcome = ForkedJvm.on(Jdk.current())
                .directory(directory)
                .agent(options)
                .main(HelloApp.class)
                .run();

        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(1);
        assertThat(outcome.stdout()).isEmpty();
        assertThat(outcome.stderr()).hasLineCount(1);
        assertThat(AgentLine.of(outcome.stderr().strip()).level()).isEqualTo("ERROR");
        assertThat(filesIn(directory)).as("hs_err or core file").isEmpty();
    }

    @Test
    void badOptionSaysWhatWouldHaveDone() {
        Outcome outcome = ForkedJvm.on(Jdk.current())
                .agent("mode=heep")
                .main(HelloApp.class)
                .run();

        assertThat(outcome.stderr()).contains("heep").contains("did you mean 'heap'?");
    }

    @Test
    void leavesNoFileBehind() throws IOException {
        inDirectory().main(HelloApp.class).run().succeeded();
        assertThat(filesIn(directory)).isEmpty();

        try (ForkedJvm killed = inDirectory().main(ThreadsApp.class).start()) {
            killed.awaitLine("ready");
        }
        assertThat(filesIn(directory)).isEmpty();
    }

    private ForkedJvm.Builder inDirectory() {
        return ForkedJvm.on(Jdk.current())
                .directory(directory)
                .flags("-Djava.io.tmpdir=" + directory, "-Duser.home=" + directory)
                .agent("");
    }

    /** Who has opened a file can write to it for ever: so its rights count from the moment in which it is created. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "002", "022"})
    void nobodyElseCanEverWriteToTheLibraryWhateverTheUmask(String umask) throws IOException {
        Strace.require();
        Path calls = directory.resolve("calls");

        inDirectory()
                .wrapper(Wrappers.shell("umask " + umask))
                .wrapper(List.of("strace", "-f", "-e", "trace=openat,open", "-o", calls.toString()))
                .main(HelloApp.class)
                .run()
                .succeeded();
        // A call that another thread's comes between is told in two lines; the first has the rights.
        List<Integer> rights = Pattern.compile("open.*/memlock-.*O_CREAT.*, 0([0-7]+)(?:\\) = \\d+| <unfinished)")
                .matcher(Files.readString(calls))
                .results()
                .map(call -> Integer.parseInt(call.group(1), 8) & ~Integer.parseInt(umask, 8))
                .toList();
        assertThat(rights).isNotEmpty().allMatch(mode -> (mode & 0022) == 0);
    }

    @Test
    void locksWhereTemporaryFilesCannotBeRunAndHomeCannotBeWritten() throws IOException {
        Machine.requireMounts();
        Machine.requireUnlimitedLocking();
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Path home = Files.createDirectory(directory.resolve("home"));

        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .wrapper(Wrappers.privateMounts(
                        "mount -t tmpfs -o noexec tmpfs " + temporary + "\nmount -t tmpfs -o ro tmpfs " + home))
                .flags("-Djava.io.tmpdir=" + temporary, "-Duser.home=" + home)
                .agent("")
                .main(ListFilesApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locked ");
            assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero();
            assertThat(jvm.ask("list " + temporary)).isEqualTo("[]");
            assertThat(jvm.ask("list " + home)).isEqualTo("[]");
        }
    }

    @Test
    void runsTheApplicationWhereNoPlaceCanHoldTheNativeLibrary() throws IOException {
        Machine.requireMounts();

        Outcome outcome = Wrappers.withoutPlaceForLibrary(ForkedJvm.on(Jdk.current()), directory)
                .agent("")
                .main(HelloApp.class, "3")
                .run();

        assertThat(outcome.stdout()).as(outcome::toString).isEqualTo("hello 3\n");
        assertThat(outcome.exitStatus()).isEqualTo(3);
        assertThat(outcome.agentMessages())
                .singleElement()
                .asString()
                .contains("NOT LOCKED")
                .contains("java.io.tmpdir");
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
