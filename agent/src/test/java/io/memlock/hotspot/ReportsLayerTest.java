// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportsLayerTest {

    private static final String HEAP_INFO = " total 4096K, used 1K [0x00000000f0000000, 0x00000000f0400000)\n";
    private static final String CODE_CACHE = " bounds [0x00007f0000000000, 0x00007f0000270000, 0x00007f0003000000]\n";
    private static final String METASPACE = "- node #0: base 0x00007e0000000000: reserved=65536.00 KB, committed=1\n";

    private final Map<String, String> answers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final ReportsLayer reports = new ReportsLayer(command -> {
        asked.add(command);
        String answer = answers.get(command);
        if (answer == null) {
            throw new IOException("no " + command);
        }
        return answer;
    });

    private final List<Segment> segments = new ArrayList<>();

    private void tellsAll() {
        answers.put(DiagnosticReports.METASPACE, METASPACE);
        answers.put(DiagnosticReports.HEAP, HEAP_INFO);
        answers.put(DiagnosticReports.CODE_CACHE, CODE_CACHE);
    }

    private void isKnown(Region region) {
        Mapping mapping = CapturedMaps.mapping("f0000000-f0400000 rw-p 00000000 00:00 0");
        segments.add(new Segment(mapping.start(), mapping.end(), region, Evidence.VM_STRUCTURE, mapping));
    }

    @Test
    void asksOnceForAllThatIsNotKnown() {
        tellsAll();
        assertThat(reports.knowsMetaspace()).isFalse();

        assertThat(reports.refresh(segments, 0)).isTrue();

        assertThat(reports.ranges())
                .extracting(KnownRange::start, KnownRange::end, KnownRange::region)
                .containsExactly(
                        tuple(0x7e00_0000_0000L, 0x7e00_0400_0000L, Region.METASPACE),
                        tuple(0xf000_0000L, 0xf040_0000L, Region.HEAP),
                        tuple(0x7f00_0000_0000L, 0x7f00_0300_0000L, Region.CODE));
        assertThat(reports.knowsMetaspace()).isTrue();
        assertThat(reports.problem()).isEmpty();
        assertThat(reports.refresh(segments, 1)).isFalse();
        assertThat(asked).doesNotHaveDuplicates();
    }

    @Test
    void asksOnlyForWhatTheStructuresDidNotTell() {
        tellsAll();
        isKnown(Region.HEAP);
        reports.refresh(segments, 0);
        assertThat(asked).containsExactly(DiagnosticReports.METASPACE, DiagnosticReports.CODE_CACHE);

        asked.clear();
        ReportsLayer other = new ReportsLayer(command -> {
            asked.add(command);
            return answers.get(command);
        });
        segments.clear();
        isKnown(Region.CODE);
        assertThat(other.refresh(segments, 0)).isTrue();
        assertThat(asked).containsExactly(DiagnosticReports.METASPACE, DiagnosticReports.HEAP);
    }

    @Test
    void hasLearnedSomethingAlsoWhereOnlyTheCodeIsTold() {
        answers.put(DiagnosticReports.METASPACE, "");
        answers.put(DiagnosticReports.HEAP, "");
        answers.put(DiagnosticReports.CODE_CACHE, CODE_CACHE);

        assertThat(reports.refresh(segments, 0)).isTrue();
        assertThat(reports.knowsMetaspace()).isFalse();
    }

    @Test
    void hasLearnedNothingFromAnswersThatTellNothing() {
        answers.put(DiagnosticReports.METASPACE, "");
        answers.put(DiagnosticReports.HEAP, "");
        answers.put(DiagnosticReports.CODE_CACHE, "");

        assertThat(reports.refresh(segments, 0)).isFalse();
        assertThat(reports.problem()).isEmpty();
        assertThat(reports.ranges()).isEmpty();
    }

    @Test
    void tellsWhyTheJvmDidNotAnswerUntilItDoes() {
        tellsAll();
        answers.remove(DiagnosticReports.CODE_CACHE);
        assertThat(reports.problem()).isEqualTo("not asked yet");

        assertThat(reports.refresh(segments, 0)).as("what was told before").isTrue();
        assertThat(reports.problem()).isEqualTo("no Compiler.codecache");
        assertThat(reports.ranges()).as("what was told before").hasSize(2);

        tellsAll();
        assertThat(reports.refresh(segments, 1)).isTrue();
        assertThat(reports.problem()).isEmpty();
    }

    @Test
    void keepsWhyMetaspaceIsNotToldWhileItDoesNotAskAgain() {
        tellsAll();
        answers.remove(DiagnosticReports.METASPACE);

        reports.refresh(segments, 0);
        reports.refresh(segments, 1);

        assertThat(reports.problem()).startsWith("no VM.metaspace");
    }

    @Test
    void reportsAnUnexpectedAnswerAsAProblem() {
        tellsAll();
        answers.put(DiagnosticReports.METASPACE, "- node #0: base 0xnonsense: reserved=1 KB");

        assertThat(reports.refresh(segments, 0)).isFalse();
        assertThat(reports.problem()).contains("nonsense");
    }

    @Test
    void anotherProcessIsNotAsked() {
        ReportsLayer another = new ReportsLayer(null);

        assertThat(another.refresh(segments, 0)).isFalse();
        assertThat(another.problem()).isEqualTo("another process, not asked");
        assertThat(another.ranges()).isEmpty();
        assertThat(another.knowsMetaspace()).isFalse();
    }
}
