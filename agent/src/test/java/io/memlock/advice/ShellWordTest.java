// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {

    @Test
    void leavesPlainWordsAlone() {
        assertEquals("kafka@1.service", ShellWord.of("kafka@1.service"));
        assertEquals("/opt/jdk-17/bin/java", ShellWord.of("/opt/jdk-17/bin/java"));
        assertEquals("A-Z", ShellWord.of("A-Z"));
    }

    @Test
    void quotesWhatAShellWouldTakeApart() {
        assertEquals("'web; touch x; #'", ShellWord.of("web; touch x; #"));
        assertEquals("'it'\\''s'", ShellWord.of("it's"));
        assertEquals("''", ShellWord.of(""));
        assertEquals("$'a\\003b\\012c'", ShellWord.of("a\u0003b\nc"));
        assertEquals("$'A\\003 Z'", ShellWord.of("A\u0003 Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "web; touch x; #",
                "a'b",
                "'",
                "''",
                "$(id)`id`\"$HOME\"\\",
                "-x",
                "~",
                "*",
                "a b",
                "!!",
                "größe",
                "a\nb",
                "\u001b[2J'\\",
                "\u0003rm\r",
                "\u202ea'",
                "1\n2",
                "{a,b}",
                "a#b",
                "=x"
            })
    void isOneWordWithTheSameCharactersToAShell(String text) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder("bash", "-c", "printf '%s|' " + ShellWord.of(text))
                .redirectErrorStream(true)
                .start();
        assertEquals(text + "|", new String(bash.getInputStream().readAllBytes(), UTF_8));
        assertEquals(0, bash.waitFor());
        assertTrue(ShellWord.of(text).codePoints().noneMatch(Character::isISOControl));
    }
}
