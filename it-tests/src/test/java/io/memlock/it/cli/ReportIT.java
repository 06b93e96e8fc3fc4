// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.apps.MappingApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.SwapFile;
import io.memlock.it.keeping.Keeping;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page that {@code report} writes, on real JVMs; the truth is their smaps. */
class ReportIT {

    private static final long MIB = 1L << 20;

    /** The tolerance. While the command runs it shares the JDK's libraries with the JVM, of which each then counts half. */
    private static final long BETWEEN_TWO_READINGS = 8 * MIB;

    private static final int FIRST_WITH_ONE_VIEW = 23;
    private static final String PAGE = "page.html";
    private static final int MAPPINGS = 20_000;

    @TempDir
    private Path directory;

    @BeforeEach
    void mayLock() {
        Machine.requireUnlimitedLocking();
    }

    @Test
    void showsOfALockedJvmWhatSmapsHas() throws IOException {
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent("")
                .flags(Collector.SERIAL.flag(), "-Xmx128m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.ask("grow 50");
            eventually(
                    () -> { // the agent publishes its selection once a second
                        String page = report(jvm);
                        assertThat(page).contains("<strong class=OK>OK</strong>", "The agent in this JVM should lock");
                        assertSameAsSmaps(page, jvm);
                        assertThat(bytes(page, "Locked")).isGreaterThan(50 * MIB);
                        assertThat(row(page, "total")).isEqualTo(facts(page));
                    });
        }
    }

    @Test
    void staysSmallAndInertForTwentyThousandMappingsWithHostileNames() throws IOException {
        Path hostile = file("a\"'><script>document.title='ran'</script>&amp;<b", 4096);
        Path large = file("large", 32 * MIB);
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .withJna()
                .flags(Collector.SERIAL.flag(), "-Xmx32m")
                .main(MappingApp.class)
                .start()) {
            jvm.awaitLine("ready");
            assertThat(jvm.ask("mlockall 1")).isEqualTo("0");
            jvm.ask("map buffer " + large + " 1");
            jvm.ask("map buffer " + hostile + " " + MAPPINGS);
            jvm.ask("read");
            String page = report(jvm);

            assertSameAsSmaps(page, jvm);
            assertThat(page)
                    .contains("<strong class=WARNING>WARNING</strong>", "partly locked", ", 20001 mappings<")
                    .contains("&lt;script&gt;document.title=&#39;ran&#39;&lt;/script&gt;&amp;amp;&lt;b")
                    .doesNotContain("<script");
            assertThat(page).hasSizeLessThan(200_000);
            assertShown("rgb(251, 251, 250)", "rgb(28, 32, 36)", PageInBrowser.show(directory.resolve(PAGE), false));
            assertShown("rgb(17, 20, 23)", "rgb(233, 236, 239)", PageInBrowser.show(directory.resolve(PAGE), true));
        }
    }

    @Test
    void countsZgcsHeapInSwapOnce() throws IOException {
        Jdk jdk = Jdk.current();
        int views = jdk.feature() < FIRST_WITH_ONE_VIEW ? 3 : 1;
        try (SwapFile swap = SwapFile.add(250);
                MemoryCgroup cgroup = MemoryCgroup.withLimit(1024 * MIB);
                ForkedJvm jvm = ForkedJvm.on(jdk)
                        .wrapper(cgroup.wrapper())
                        .agent("mode=code")
                        .flags(Collector.ZGC.flag(), "-Xmx256m")
                        .main(HeapApp.class)
                        .start()) {
            jvm.awaitLine("ready");
            jvm.ask("grow 120");
            cgroup.squeeze(50 * MIB, 4, () -> swapped(jvm, views) > 75 * MIB);
            // The JVM brings some of it back, and its collector moves the rest: at some time nothing moves.
            eventually(() -> {
                long before = swapped(jvm, views);
                String page = report(jvm);
                long after = swapped(jvm, views);

                assertThat(before)
                        .as("in %s: otherwise this proves nothing", swap)
                        .isGreaterThan(50 * MIB);
                assertThat(bytes(page, "Swapped out"))
                        .isBetween(
                                Math.min(before, after) - BETWEEN_TWO_READINGS,
                                Math.max(before, after) + BETWEEN_TWO_READINGS);
                assertThat(row(page, "total")).isEqualTo(facts(page));
                assertThat(page).contains("<strong class=WARNING>WARNING</strong>", "<figcaption>Swapped out, ");
            });
        }
    }

    @Test
    void drawsHowTheMemoryWentOn() throws Exception {
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.newest())
                .agent("")
                .flags(Collector.SERIAL.flag(), "-Xms32m", "-Xmx128m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            long before = Smaps.of(jvm.pid()).lockedBytes();
            String page;
            try (ForkedJvm watching = ForkedJvm.on(Jdk.current())
                    .flags(Memlock.C1_ONLY)
                    .main("-jar", AgentJar.path().toString(), "report", Long.toString(jvm.pid()))
                    .main("--force", "-o", directory.resolve(PAGE).toString(), "--for=6s")
                    .start()) {
                watching.awaitErrorLine("watching ");
                Keeping.sleep(2_000);
                jvm.ask("grow 60");
                page = written(watching.awaitExit());
            }

            assertThat(page).contains("<h2>The 6 s before</h2>");
            assertThat(all("<polyline class=(\\w+) points=\"(?:[0-9.]+,[0-9.]+ ?){7}\">", page))
                    .containsExactly("resident", "locked", "swapped", "faults");
            List<String> locked = extremes(page, "Locked");
            // What the JVM still loads at its start comes between.
            assertThat(bytes(locked.get(0))).isBetween(before - BETWEEN_TWO_READINGS, before + 24 * MIB);
            assertThat(bytes(locked.get(2))).isGreaterThan(bytes(locked.get(0)) + 40 * MIB);
            assertThat(bytes(locked.get(3))).isCloseTo(bytes(page, "Locked"), within(BETWEEN_TWO_READINGS));
            assertThat(extremes(page, "Swapped out")).containsOnly("0");
            assertThat(page).doesNotContain("<script");
        }
    }

    /** Returns the first, least, most and last of a line. */
    private static List<String> extremes(String page, String name) {
        return all(
                "<td class=n>([^<]*)</td>",
                all("<tr><th scope=row>" + name + "</th>(.*?)</tr>", page).get(0));
    }

    private static long swapped(ForkedJvm jvm, int views) {
        return Smaps.of(jvm.pid()).mappings().stream()
                .mapToLong(entry -> entry.path().startsWith("/memfd:java_heap") ? entry.swap() / views : entry.swap())
                .sum();
    }

    private static void assertShown(String background, String ink, JsonNode seen) {
        assertThat(seen.get("title").asText()).startsWith("Memory of JVM ");
        assertThat(seen.get("scripts").asInt()).isZero();
        assertThat(seen.get("images").asInt()).isZero();
        assertThat(seen.get("requests").asInt()).isZero();
        assertThat(seen.get("width").asInt()).as("pixels").isLessThanOrEqualTo(PageInBrowser.PHONE_PIXELS);
        assertThat(seen.get("isReached").asBoolean()).as("by keyboard").isTrue();
        assertThat(seen.get("background").asText()).isEqualTo(background);
        assertThat(seen.get("ink").asText()).isEqualTo(ink);
    }

    private Path file(String name, long bytes) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(bytes);
        }
        return file;
    }

    private String report(ForkedJvm jvm) {
        return written(Memlock.run(
                "report", jvm.pid(), "--force", "-o", directory.resolve(PAGE).toString()));
    }

    /** Returns the page that a report wrote. */
    private String written(Outcome outcome) {
        Path file = directory.resolve(PAGE);
        assertThat(outcome.succeeded().stdout()).isEqualTo("wrote " + file + "\n");
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertSameAsSmaps(String page, ForkedJvm jvm) {
        Smaps smaps = Smaps.of(jvm.pid());
        assertThat(bytes(page, "Resident")).isCloseTo(smaps.proportionalBytes(), within(BETWEEN_TWO_READINGS));
        assertThat(bytes(page, "Locked")).isCloseTo(smaps.lockedBytes(), within(BETWEEN_TWO_READINGS));
        assertThat(bytes(page, "Swapped out")).isCloseTo(smaps.swappedBytes(), within(BETWEEN_TWO_READINGS));
    }

    /** Returns the sizes at the top: resident, locked, swapped, committed, reserved. */
    private static List<String> facts(String page) {
        return all("<dd>([^<]*)</dd>", page);
    }

    /** Returns the sizes of a row of the table of regions. */
    private static List<String> row(String page, String name) {
        String row = all("<tr><th scope=row>" + name + "</th>(.*?)</tr>", page).get(0);
        return all("<td class=n>([^<]*)</td>", row).subList(0, 5);
    }

    private static long bytes(String page, String fact) {
        return bytes(all("<dt>" + fact + "</dt><dd>([^<]*)</dd>", page).get(0));
    }

    private static long bytes(String text) {
        String[] words = text.split(" ", 2);
        int power =
                words.length == 1 ? 0 : List.of("B", "KiB", "MiB", "GiB", "TiB").indexOf(words[1]);
        return (long) (Double.parseDouble(words[0]) * Math.pow(1024, power));
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.DOTALL)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
