// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.jvms.Numbers;
import io.memlock.log.Wrap;
import io.memlock.output.Console;
import io.memlock.output.Json;
import io.memlock.output.Table;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tables, JSON, colour, and the words for numbers. */
class OutputTest {

    @Test
    void columnsAreAsWideAsTheyNeedToBeAndNumbersStandToTheRight() {
        Table table = new Table().number("PID").words("NAME").words("VERDICT");
        table.row(List.of("4", "a", "locked"));
        table.row(List.of("12345", "server.jar", "no"));

        assertThat(table.lines(80))
                .containsExactly("  PID  NAME        VERDICT", "    4  a           locked", "12345  server.jar  no");
    }

    @Test
    void colourDoesNotMoveColumns() {
        Table table = new Table().words("A").number("BCD");
        table.row(cell -> "<" + cell + ">", List.of("1", "2"));

        assertThat(table.lines(80)).containsExactly("A  BCD", "1    <2>");
    }

    @Test
    void aTableThatIsTooWideGetsNarrowerGapsThenMoreLines() {
        Table table = new Table().number("PID").words("NAME").number("RESIDENT").words("VERDICT");
        table.row(List.of("4242", "server.jar", "512.3 MiB", "locked"));
        table.row(List.of("7", "/a/very/long/path/to/some/file/deep/below.so", "12 B", "not locked"));

        assertThat(table.lines(72))
                .allMatch(line -> line.length() <= 72)
                .hasSize(3)
                .first()
                .asString()
                .startsWith(" PID NAME ");
        assertThat(table.lines(40))
                .allMatch(line -> line.length() <= 40)
                .containsExactly(
                        " PID NAME",
                        "       RESIDENT VERDICT",
                        "4242 server.jar",
                        "      512.3 MiB locked",
                        "   7 " + Wrap.shortened("/a/very/long/path/to/some/file/deep/below.so", 34),
                        "           12 B not locked");
    }

    @Test
    void linesAreBrokenBetweenWordsAndCommandsAreNot() {
        assertThat(Wrap.words("one two three\nfour", 7)).containsExactly("one two", "three", "four");
        assertThat(Wrap.comments("# one two three\nsudo one two three", 9))
                .containsExactly("# one two", "# three", "sudo one two three");
    }

    @Test
    void theWidthIsThatOfTheTerminalWhereItIsTold() {
        assertThat(console("pipe:[1]", Map.of()).width()).isEqualTo(80);
        assertThat(console("pipe:[1]", Map.of("COLUMNS", "132")).width()).isEqualTo(132);
        assertThat(console("pipe:[1]", Map.of("COLUMNS", "x")).width()).isEqualTo(80);
    }

    @Test
    void jsonIsReadBackAsItWasWritten() throws Exception {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("text", "quote \" back \\ line\n tab\t bell\u0007 \u00fc");
        value.put("list", Arrays.asList(1, 2.5, null, true));
        value.put("empty", Map.of());

        String json = Json.text(value);

        assertThat(new ObjectMapper().readValue(json, Object.class)).isEqualTo(value);
        assertThat(json).doesNotContain("\n");
    }

    @Test
    void thereIsColourOnATerminalOnlyAndNotWhereItIsUnwanted() {
        assertThat(console("/dev/pts/3", Map.of()).colour()).isTrue();
        assertThat(console("/dev/pts/3", Map.of("NO_COLOR", "1")).colour()).isFalse();
        assertThat(console("/dev/pts/3", Map.of("TERM", "dumb")).colour()).isFalse();
        assertThat(console("pipe:[1234]", Map.of()).colour()).isFalse();
        assertThat(console("/tmp/file", Map.of()).terminal()).isFalse();
    }

    @Test
    void unknownNumbersAreDashesAndNulls() {
        assertThat(Numbers.bytes(-1)).isEqualTo("-");
        assertThat(Numbers.percent(-1)).isEqualTo("-");
        assertThat(Numbers.orNull(-1L)).isNull();
        assertThat(Numbers.orNull(0.12345)).isEqualTo(0.123);
    }

    /** 64 GiB less 30 MiB is not all. */
    @Test
    void aShareIsOneOnlyIfItIsAllAndZeroOnlyIfItIsNothing() {
        assertThat(Numbers.shareOrNull(0.99954)).isEqualTo(0.999);
        assertThat(Numbers.shareOrNull(0.0004)).isEqualTo(0.001);
        assertThat(Numbers.shareOrNull(1)).isEqualTo(1.0);
        assertThat(Numbers.shareOrNull(0)).isEqualTo(0.0);
        assertThat(Numbers.shareOrNull(-1)).isNull();
        assertThat(Numbers.percent(0.99996)).isEqualTo("99.9 %");
        assertThat(Numbers.percent(0.995)).isEqualTo("99.5 %");
        assertThat(Numbers.percent(0.9949)).isEqualTo("99 %");
        assertThat(Numbers.percent(1)).isEqualTo("100 %");
        assertThat(Numbers.percent(0.0004)).isEqualTo("<1 %");
    }

    private static Console console(String stdout, Map<String, String> environment) {
        return Console.of(System.out, System.err, stdout, environment);
    }
}
