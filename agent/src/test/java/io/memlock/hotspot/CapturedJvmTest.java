// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Captures of real JVMs, classified without access to their memory, against what HotSpot's native memory tracking said
 * at the time.
 */
class CapturedJvmTest {

    private static final Pattern RESERVATION =
            Pattern.compile("\\[0x(\\p{XDigit}+) - 0x(\\p{XDigit}+)] reserved .* for (.*) from");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @MethodSource("io.memlock.hotspot.CapturedJvm#all")
    void regionsAgreeWithWhatHotSpotReserved(CapturedJvm jvm) throws IOException {
        List<Segment> segments = new RegionClassifier(jvm.known(directory)).classify(jvm.mappings());
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (String line : jvm.text("reserved").lines().toList()) {
            Matcher matcher = RESERVATION.matcher(line);
            assertThat(matcher.matches()).as(line).isTrue();
            long start = Long.parseUnsignedLong(matcher.group(1), 16);
            long end = Long.parseUnsignedLong(matcher.group(2), 16);
            Region expected = expected(matcher.group(3), end - start);
            for (Segment segment : segments) {
                boolean inside = segment.start() < end && start < segment.end();
                if (expected != null && inside && segment.mapping().isAccessible()) {
                    compared++;
                    if (segment.region() != expected) {
                        wrong.add(segment + " but " + line);
                    }
                }
            }
        }
        assertThat(compared).isGreaterThan(20);
        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.memlock.hotspot.CapturedJvm#all")
    void segmentsCoverEveryMappingOnce(CapturedJvm jvm) throws IOException {
        List<Mapping> mappings = jvm.mappings();
        List<Segment> segments = new RegionClassifier(jvm.known(directory)).classify(mappings);
        int next = 0;
        for (Mapping mapping : mappings) {
            long position = mapping.start();
            while (position != mapping.end()) {
                Segment segment = segments.get(next++);
                assertThat(segment.start()).isEqualTo(position);
                assertThat(segment.mapping()).isEqualTo(mapping);
                position = segment.end();
            }
        }
        assertThat(next).isEqualTo(segments.size());
    }

    /** What cannot be seen from outside is left out: segment maps of the code cache, which are small. */
    private static Region expected(String type, long length) {
        return switch (type) {
            case "Java Heap" -> Region.HEAP;
            case "Code" -> length > 1 << 20 ? Region.CODE : null;
            case "Metaspace", "Class" -> Region.METASPACE;
            case "Shared class space" -> Region.CDS;
            case "Thread Stack" -> Region.STACKS;
            default -> null;
        };
    }
}
