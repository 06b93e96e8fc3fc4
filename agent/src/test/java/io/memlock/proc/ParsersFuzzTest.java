// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.cgroup.CgroupHierarchy;
import io.memlock.cgroup.CgroupLevel;
import io.memlock.cgroup.CgroupMembership;
import io.memlock.files.ProcFormatException;
import io.memlock.memory.Backing;
import io.memlock.memory.Mapping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Whatever the text, a parser answers or throws {@link ProcFormatException}. */
class ParsersFuzzTest {

    private static final Map<String, Consumer<String>> PARSERS = Map.ofEntries(
            Map.entry("maps", Fixture::maps),
            Map.entry("smaps", ParsersFuzzTest::smapsBothWays),
            Map.entry("smaps_rollup", ParsersFuzzTest::smapsBothWays),
            Map.entry("status", text -> ProcessStatus.parse(Fixture.cursor(text))),
            Map.entry("stat", text -> ProcessStat.parse(Fixture.cursor(text))),
            Map.entry("limits", text -> ProcessLimits.parse(Fixture.cursor(text))),
            Map.entry("cgroup", text -> CgroupMembership.parse(Fixture.cursor(text))),
            Map.entry("mountinfo", text -> MountInfo.parse(Fixture.cursor(text))),
            Map.entry("meminfo", text -> MemInfo.parse(Fixture.cursor(text))),
            Map.entry("swaps", text -> Swaps.parse(Fixture.cursor(text))),
            Map.entry("memory.max", text -> {
                limits(new CgroupLevel(1, "", name -> text));
                limits(new CgroupLevel(2, "", name -> text));
            }));

    private static final List<String> CAPTURED = List.of(
            "locked/maps",
            "locked/smaps",
            "locked/smaps_rollup",
            "jdk17-g1/status",
            "jdk17-g1/stat",
            "jdk17-g1/limits",
            "jdk17-g1/cgroup",
            "jdk17-g1/mountinfo",
            "host/meminfo");

    @Property(tries = 500)
    void anyBytes(@ForAll byte[] bytes) {
        for (Consumer<String> parser : PARSERS.values()) {
            answersOrRefuses(parser, new String(bytes, UTF_8));
            answersOrRefuses(parser, new String(bytes, ISO_8859_1));
        }
    }

    @Property(tries = 1500)
    void anyTextOfTheKernelsAlphabet(@ForAll("kernelish") String text) {
        PARSERS.values().forEach(parser -> answersOrRefuses(parser, text));
    }

    @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
    void damagedCaptures(@ForAll("captured") String fixture, @ForAll long seed) {
        String text = damaged(Fixture.text(fixture), new Random(seed));

        answersOrRefuses(PARSERS.get(fixture.substring(fixture.indexOf('/') + 1)), text);
    }

    @Property(tries = 1000)
    void printedMappingsParseBackEqual(@ForAll("mappings") List<Mapping> mappings) {
        StringBuilder text = new StringBuilder();
        mappings.forEach(m -> text.append(KernelFormat.line(m)));

        assertThat(Fixture.maps(text.toString())).isEqualTo(mappings);
    }

    @Provide
    Arbitrary<String> captured() {
        return Arbitraries.of(CAPTURED);
    }

    @Provide
    Arbitrary<String> kernelish() {
        Arbitrary<String> piece = Arbitraries.of(
                "1000-2000",
                "7f-",
                "rw-p",
                "00000000",
                "00:00",
                "0",
                "18446744073709551615",
                "9223372036854775808",
                " ",
                "\t",
                "\n",
                "Rss:",
                "Locked:",
                "VmFlags:",
                "kB",
                "lo",
                "/",
                "Name:",
                "Uid:",
                "CapEff:",
                "(",
                ")",
                "-",
                ":",
                "\\040",
                "max",
                "memory",
                "unlimited",
                "Max locked memory ",
                "VmLck:",
                "NSpid:",
                "\0",
                "\u00ff");
        return piece.list().ofMaxSize(40).map(pieces -> String.join("", pieces));
    }

    @Provide
    Arbitrary<List<Mapping>> mappings() {
        Arbitrary<Long> pages = Arbitraries.longs().between(0, (1L << 52) - 2);
        Arbitrary<Long> lengths = Arbitraries.longs().between(1, 1L << 40);
        Arbitrary<Integer> flags = Arbitraries.integers().between(0, 15);
        Arbitrary<Long> numbers = Arbitraries.longs();
        Arbitrary<String> paths = Arbitraries.strings()
                .ofMaxLength(200)
                .map(s -> s.replace("\n", "\\012"))
                .map(s -> s.isEmpty() ? s : "/" + new String(s.getBytes(UTF_8), UTF_8));
        return Combinators.combine(pages, lengths, flags, numbers, numbers, paths)
                .as(ParsersFuzzTest::mapping)
                .withoutEdgeCases()
                .list()
                .ofMaxSize(20);
    }

    private static Mapping mapping(long page, long pages, int flags, long offset, long inode, String path) {
        long start = page << 12;
        long end = Math.min(page + pages, (1L << 52) - 1) << 12;
        return new Mapping(
                start,
                end,
                (flags & 1) != 0,
                (flags & 2) != 0,
                (flags & 4) != 0,
                (flags & 8) != 0,
                offset,
                inode,
                path,
                inode == 0 ? Backing.NONE : Backing.FILE);
    }

    private static void answersOrRefuses(Consumer<String> parser, String text) {
        try {
            parser.accept(text);
        } catch (ProcFormatException e) {
            assertThat(e.getMessage()).contains("expected");
        }
    }

    private static void limits(CgroupLevel level) {
        CgroupHierarchy hierarchy = new CgroupHierarchy("/", List.of(level));
        hierarchy.limitBytes();
        hierarchy.highBytes();
        hierarchy.swapLimitBytes();
        hierarchy.headroomBytes();
    }

    /** The text at once and the text in pieces are one parser. */
    private static void smapsBothWays(String text) {
        List<SmapsEntry> streamed = List.of();
        boolean refused = false;
        try {
            streamed = Fixture.smapsInPieces(text, Integer.MAX_VALUE);
        } catch (ProcFormatException e) {
            refused = true;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        List<SmapsEntry> whole;
        try {
            whole = Fixture.smaps(text);
        } catch (ProcFormatException e) {
            assertThat(refused).isTrue();
            throw e;
        }
        assertThat(refused).isFalse();
        assertThat(streamed).isEqualTo(whole);
    }

    private static String damaged(String text, Random random) {
        List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(lines.size());
            String line = lines.get(at);
            switch (random.nextInt(4)) {
                case 0 -> lines.add(random.nextInt(lines.size()), line);
                case 1 -> lines.set(at, line.substring(0, random.nextInt(line.length() + 1)));
                case 2 -> lines.set(at, line.substring(random.nextInt(line.length() + 1)));
                default -> lines.remove(at);
            }
            if (lines.isEmpty()) {
                return "";
            }
        }
        byte[] bytes = String.join("\n", lines).getBytes(ISO_8859_1);
        for (int i = random.nextInt(6); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
        return new String(bytes, 0, length, ISO_8859_1);
    }
}
