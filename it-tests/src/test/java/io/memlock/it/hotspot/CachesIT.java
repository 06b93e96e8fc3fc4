// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An AOT cache or a dynamic archive is used beside the agent, if it was made in a way that docs/class-caches.md names. */
class CachesIT {

    private static final String MODULE = "--add-modules=java.instrument";

    /** What {@code -Xlog:class+load} prints of a class that comes from a cache or an archive. */
    private static final String FROM_CACHE = HeapApp.class.getName() + " source: shared objects file";

    @TempDir
    Path directory;

    private Path jar;

    @BeforeEach
    void makesJar() {
        Machine.requireUnlimitedLocking();
        jar = ClassCache.jarOfApps(directory);
    }

    @ParameterizedTest
    @CsvSource({"agent, auto", "agent, on", "module, auto", "module, on"})
    void usesAnAotCacheMadeWithTheAgentOrItsModule(String madeWith, String mode) {
        Path cache = aotCache(madeWith);

        Outcome outcome = withAgent(ClassCache.jdk(), "-XX:AOTCache=" + cache, "-XX:AOTMode=" + mode);

        assertLocked(outcome);
        assertThat(outcome.stdout()).contains(FROM_CACHE);
        assertThat(outcome.otherErrorLines()).isEmpty();
    }

    @Test
    void locksWhereTheJvmRefusesAnAotCacheMadeWithoutAnAgent() {
        Path cache = aotCache("nothing");

        Outcome outcome = withAgent(ClassCache.jdk(), "-XX:AOTCache=" + cache);

        assertLocked(outcome);
        assertThat(outcome.stdout()).doesNotContain(FROM_CACHE).contains("java.instrument specified during runtime");
    }

    /** This is the JVM's own doing: it ends before it loads an agent; docs/class-caches.md warns of it. */
    @Test
    void theJvmDoesNotStartIfAnAotCacheMadeWithoutAnAgentIsDemanded() {
        Path cache = aotCache("nothing");

        Outcome outcome = app(ClassCache.jdk())
                .agent("")
                .flags("-XX:AOTCache=" + cache, "-XX:AOTMode=on")
                .run();

        assertThat(outcome.exitStatus()).as("%s", outcome).isEqualTo(1);
        assertThat(outcome.stdout() + outcome.stderr()).contains("Unable to use AOT cache");
    }

    @EachJdk
    void usesADynamicArchiveMadeWithTheModule(Jdk jdk) {
        Path archive = directory.resolve("dynamic.jsa");
        succeeds(app(jdk).flags(MODULE, "-XX:ArchiveClassesAtExit=" + archive));

        Outcome outcome = withAgent(jdk, "-XX:SharedArchiveFile=" + archive);

        assertLocked(outcome);
        assertThat(outcome.stdout()).contains(FROM_CACHE);
    }

    @EachJdk
    void theJvmDoesNotStartIfADynamicArchiveIsToBeMadeWithAnAgent(Jdk jdk) {
        Path archive = directory.resolve("dynamic.jsa");

        Outcome outcome =
                app(jdk).agent("").flags("-XX:ArchiveClassesAtExit=" + archive).run();

        assertThat(outcome.exitStatus()).as("%s", outcome).isEqualTo(1);
        assertThat(outcome.stdout()).contains("Must enable AllowArchivingWithJavaAgent");
    }

    @ParameterizedTest
    @CsvSource({"module, true", "nothing, false"})
    void doctorTellsWhetherItIsUsed(String madeWith, boolean isUsed) {
        Path cache = aotCache(madeWith);
        try (ForkedJvm jvm =
                app(ClassCache.jdk()).agent("").flags("-XX:AOTCache=" + cache).start()) {
            jvm.awaitErrorLine("[memlock] locked");

            assertThat(Memlock.run("doctor", jvm.pid(), "--verbose").stdout())
                    .containsPattern((isUsed ? "OK" : "NOTE") + " +class cache +-XX:AOTCache=\\S+");
        }
    }

    private Path aotCache(String madeWith) {
        Path cache = directory.resolve("classes.aot");
        ForkedJvm.Builder jvm = app(ClassCache.jdk()).flags("-XX:AOTCacheOutput=" + cache);
        succeeds(
                switch (madeWith) {
                    case "agent" -> jvm.agent("");
                    case "module" -> jvm.flags(MODULE);
                    default -> jvm;
                });
        return cache;
    }

    private Outcome withAgent(Jdk jdk, String... flags) {
        ForkedJvm.Builder builder = app(jdk).agent("log=info").flags(flags).flags("-Xlog:class+load");
        try (ForkedJvm jvm = builder.start()) {
            jvm.awaitErrorLine("[memlock] locked");
            jvm.send("exit");
            return jvm.awaitExit();
        }
    }

    private ForkedJvm.Builder app(Jdk jdk) {
        return ForkedJvm.on(jdk).flags("-Xmx64m").classPath(jar).main(HeapApp.class);
    }

    private static void succeeds(ForkedJvm.Builder jvm) {
        jvm.run("exit").succeeded();
    }

    private static void assertLocked(Outcome outcome) {
        assertThat(outcome.exitStatus()).as("%s", outcome).isZero();
        assertThat(outcome.agentMessages())
                .first()
                .asString()
                .startsWith("[memlock] locked ")
                .contains("limit unlimited");
    }
}
