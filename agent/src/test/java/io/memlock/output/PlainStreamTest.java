// SPDX-License-Identifier: Apache-2.0
package io.memlock.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.output.Console.Colour;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlainStreamTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Console console;

    @BeforeEach
    void makeATerminal() {
        PrintStream stream = new PrintStream(bytes, true, UTF_8);
        console = Console.of(stream, stream, "/dev/pts/1", Map.of());
    }

    @Test
    void obeysOnlyOurOwnSequences() {
        console.out().println(console.paint(Colour.GOOD, "locked") + " x\u001b[31m\u009b2J\0" + "1[0m");
        assertThat(printed()).isEqualTo("\u001b[32mlocked\u001b[0m x\\u001b[31m\\u009b2J\\u00001[0m\n");
    }

    @Test
    void isHarmlessInWhateverWayItIsCalled() {
        Object hostile = List.of("\u001b]0;x\u0007");
        console.err().println(hostile);
        console.err().print(hostile);
        console.err().printf("%s", hostile);
        console.err().append("\u001b");
        new IllegalStateException("\u001b[2J").printStackTrace(console.err());
        assertThat(printed()).doesNotContain("\u001b", "\u0007");
    }

    @Test
    void aCellStaysACell() {
        Table table = new Table().number("PID").words("JVM").words("VERDICT");
        table.row(List.of("1", "a\n 4242  b\tc  locked", "not locked"));
        table.row(List.of("2", "x".repeat(130_000), "not locked"));
        assertThat(table.lines(300)).hasSize(3).allMatch(line -> line.length() < 250);
        assertThat(table.lines(300).get(1)).startsWith("  1  a\\u000a 4242 \\u0020b\\u0009c \\u0020locked");
    }

    private String printed() {
        return bytes.toString(UTF_8);
    }
}
