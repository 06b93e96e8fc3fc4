// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.apps.MappingApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.Smaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The mapped files that are chosen by name are locked, and no others. */
class ChosenFilesIT {

    private static final String SEEN = "[memlock] mapped files are unlocked at once";
    private static final int BYTES = 4 << 20;
    private static final String TIMES = " 20";

    private Path directory;
    private Path hot;
    private Path cold;
    private String globs;

    @BeforeEach
    void makeFiles() throws IOException {
        Machine.requireUnlimitedLocking();
        directory = Files.createTempDirectory(Path.of("target").toRealPath(), "chosen"); // on a disk
        hot = Files.createDirectories(directory.resolve("hot/{below}")).resolve("data");
        cold = Files.createDirectories(directory.resolve("cold")).resolve("data");
        for (Path each : List.of(hot, cold)) {
            Files.write(each, new byte[BYTES]);
        }
        globs = "mapped=" + directory + "/{hot,warm}/**+/never/here";
    }

    @AfterEach
    void deleteFiles() throws IOException {
        Files.deleteIfExists(hot);
        Files.deleteIfExists(cold);
        for (Path each : List.of(hot.getParent(), directory.resolve("hot"), directory.resolve("cold"), directory)) {
            Files.delete(each);
        }
    }

    /** With a look of the keeper once an hour: nothing but the moment of mapping can tell them apart. */
    @EachJdk
    @SideBySide
    void atTheMomentOfMapping(Jdk jdk) {
        try (ForkedJvm jvm = started(jdk, globs + ",interval=1h,log=debug")) {
            jvm.awaitErrorLine(SEEN);
            jvm.ask("map buffer " + hot + TIMES);
            jvm.ask("map copy " + hot + TIMES);
            jvm.ask("map buffer " + cold + TIMES);

            assertThat(mappingsOf(jvm, hot)).isNotEmpty().allMatch(Smaps.Entry::isLockedOnFault);
            assertThat(mappingsOf(jvm, cold)).isNotEmpty().noneMatch(Smaps.Entry::isLocked);
        }
    }

    @EachJdk
    @SideBySide
    void byTheKeeper(Jdk jdk) {
        try (ForkedJvm jvm = started(jdk, globs + ",track=off,interval=100ms")) {
            mapBoth(jvm);

            eventually(() -> assertHotIsLockedAndColdIsNot(jvm));
        }
    }

    @EachJdk
    @SideBySide
    void underRescanAlsoAfterTheyWereUnlinked(Jdk jdk) throws IOException {
        try (ForkedJvm jvm = started(jdk, "mode=heap," + globs + ",strategy=rescan,interval=100ms")) {
            mapBoth(jvm);
            Files.delete(hot);

            eventually(() -> {
                assertThat(mappingsOf(jvm, Path.of(hot + " (deleted)")))
                        .isNotEmpty()
                        .allMatch(Smaps.Entry::isLockedOnFault);
                assertThat(mappingsOf(jvm, cold)).isNotEmpty().noneMatch(Smaps.Entry::isLocked);
            });
        }
    }

    @EachJdk
    @SideBySide
    void afterAnAttachWhichTellsThem(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = startedWithoutAgent(jdk)) {
            mapBoth(jvm);
            jvm.ask("read");

            Outcome attach = Memlock.run("attach", jvm.pid(), globs).succeeded();
            assertThat(attach.stdout()).contains("exclude=mapped," + globs);
            assertHotIsLockedAndColdIsNot(jvm);

            String told = globs.substring("mapped=".length());
            eventually(() -> {
                JsonNode status = json("status", jvm).at("/jvms/0");
                assertThat(status.at("/selectedFiles").asText()).isEqualTo(told);
                assertThat(status.at("/coverageOf").asText()).isEqualTo("selection");
            });
            JsonNode regions = json("regions", jvm);
            assertThat(regions.at("/selectedFiles").asText()).isEqualTo(told);
            assertThat(regions.at("/selected/coverage").asDouble()).isGreaterThan(0.99);
            long mapped = regions.findValuesAsText("region").indexOf("mapped");
            assertThat(regions.at("/regions/" + mapped + "/coverage").asDouble())
                    .isBetween(0.2, 0.8);
        }
    }

    @EachJdk
    @SideBySide
    void overJmxAndOthersAfterIt(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = started(jdk, "mode=all,interval=1h");
                JmxClient client = JmxClient.attach(jvm.pid())) {
            mapBoth(jvm);
            jvm.ask("read");
            client.awaitMemoryLock();
            assertThat(client.get("Mapped")).isEqualTo("none");

            assertThat((String) client.invoke("lock", "mode=mapped," + globs)).startsWith("LOCKED");
            assertThat("mapped=" + client.get("Mapped")).isEqualTo(globs);
            assertThat(client.get("Selection")).isEqualTo("mapped");
            assertThat((double) client.get("Coverage")).isEqualTo(1);
            assertThat(client.getLong("LockedBytes")).isBetween(BYTES / 2L, 2L * BYTES);
            assertHotIsLockedAndColdIsNot(jvm);

            client.invoke("lock", "mode=mapped,mapped=" + cold);
            assertThat(mappingsOf(jvm, cold)).isNotEmpty().allMatch(Smaps.Entry::isLockedOnFault);
            assertThat(mappingsOf(jvm, hot)).isNotEmpty().noneMatch(Smaps.Entry::isLocked);
        }
    }

    private void mapBoth(ForkedJvm jvm) {
        jvm.ask("map buffer " + hot + " 1");
        jvm.ask("map buffer " + cold + " 1");
    }

    private void assertHotIsLockedAndColdIsNot(ForkedJvm jvm) {
        assertThat(mappingsOf(jvm, hot)).isNotEmpty().allMatch(Smaps.Entry::isLockedOnFault);
        assertThat(mappingsOf(jvm, cold)).isNotEmpty().noneMatch(Smaps.Entry::isLocked);
    }

    private static JsonNode json(String command, ForkedJvm jvm) throws IOException {
        Outcome outcome = Memlock.run(command, jvm.pid(), "--json").succeeded();
        return new ObjectMapper().readTree(outcome.stdout());
    }

    private static ForkedJvm started(Jdk jdk, String options) {
        ForkedJvm jvm = app(jdk).agent(options).start();
        jvm.awaitLine("ready");
        jvm.awaitErrorLine("[memlock] locked");
        return jvm;
    }

    private static ForkedJvm startedWithoutAgent(Jdk jdk) {
        ForkedJvm jvm = app(jdk).start();
        jvm.awaitLine("ready");
        return jvm;
    }

    private static ForkedJvm.Builder app(Jdk jdk) {
        return ForkedJvm.on(jdk).flags("-Xmx64m").withJna().main(MappingApp.class);
    }

    private static List<Smaps.Entry> mappingsOf(ForkedJvm jvm, Path path) {
        return Smaps.of(jvm.pid()).ofFile(path).mappings();
    }
}
