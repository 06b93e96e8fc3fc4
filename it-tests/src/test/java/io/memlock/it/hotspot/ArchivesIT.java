// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.jna.Native;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.keeping.Keeping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Archives of classes are the JVM's and stay locked, whoever in the JVM maps them. */
class ArchivesIT {

    /** In which the keeper would have unlocked what it takes for the application's. */
    private static final long SOME_PASSES_MILLIS = 1000;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @Test
    void allOfAnAotCacheIsLocked() throws IOException {
        Jdk jdk = ClassCache.jdk();
        Path directory = Path.of("target").toRealPath();
        Path cache = directory.resolve("classes.aot");
        Path jar = ClassCache.jarOfApps(directory);
        ForkedJvm.on(jdk) // with an agent, too: the JVM takes no cache that was written with other modules
                .agent("mode=none")
                .flags("-Xmx64m", "-XX:AOTCacheOutput=" + cache)
                .classPath(jar)
                .main(HeapApp.class)
                .run("exit");
        try (ForkedJvm jvm = started(jdk, jar, "-XX:AOTCache=" + cache)) {
            List<JsonNode> mappings = mappingsOf(jvm, cache);

            assertThat(mappings).hasSizeGreaterThan(2);
            assertThat(mappings).extracting(row -> row.at("/region").asText()).doesNotContain("mapped", "other");
            assertThat(mappings).extracting(row -> row.at("/lock").asText()).containsOnly("on-fault");
        } finally {
            Files.deleteIfExists(cache);
            Files.deleteIfExists(jar);
        }
    }

    /** The JVM's own C code maps what a jar begins with. */
    @EachJdk
    void aJarOnTheBootClassPathIsLocked(Jdk jdk) throws IOException {
        Path jar = AgentJar.codeOf(Native.class);
        try (ForkedJvm jvm = started(jdk, AgentJar.testClasses(), "-Xshare:off", "-Xbootclasspath/a:" + jar)) {
            assertThat(mappingsOf(jvm, jar))
                    .isNotEmpty()
                    .allSatisfy(row -> assertThat(row.at("/region").asText()).isEqualTo("libs"))
                    .allSatisfy(row -> assertThat(row.at("/lock").asText()).isEqualTo("on-fault"));
        }
    }

    private static ForkedJvm started(Jdk jdk, Path classPath, String... flags) {
        ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("mode=all,interval=100ms")
                .flags("-Xmx64m")
                .flags(flags)
                .classPath(classPath)
                .main(HeapApp.class)
                .start();
        jvm.awaitLine("ready");
        jvm.awaitErrorLine("[memlock] locked");
        Keeping.sleep(SOME_PASSES_MILLIS);
        return jvm;
    }

    private static List<JsonNode> mappingsOf(ForkedJvm jvm, Path file) throws IOException {
        String json = Memlock.run("regions", jvm.pid(), "--maps", "--json").stdout();
        List<JsonNode> ofFile = new ArrayList<>();
        for (JsonNode row : new ObjectMapper().readTree(json).at("/mappings")) {
            if (row.at("/path").asText().equals(file.toString())) {
                ofFile.add(row);
            }
        }
        return ofFile;
    }
}
