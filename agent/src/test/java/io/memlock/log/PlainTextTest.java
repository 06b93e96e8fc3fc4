// SPDX-License-Identifier: Apache-2.0
package io.memlock.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainTextTest {

    @ParameterizedTest
    @CsvSource({
        "org.example.Main, org.example.Main",
        "/tmp/a b/größe.jar, /tmp/a b/größe.jar",
        "x\u001b[2Jy, x\\u001b[2Jy",
        "a\u009b31mb, a\\u009b31mb",
        "a\u202eb, a\\u202eb",
        "a\u2066b\u200bc, a\\u2066b\\u200bc",
        "a\u0301, a\\u0301",
        "a\u2028b, a\\u2028b",
        "a\uD800b, a\\ud800b",
        "\uD83D\uDE00, \uD83D\uDE00",
        "\uDB40\uDC41, \\udb40\\udc41",
    })
    void writesWhatATerminalWouldObeyAsJavaWould(String text, String plain) {
        assertEquals(plain, PlainText.of(text));
    }

    @Test
    void makesOneLineOfManyWithoutColumns() {
        assertEquals("a\\u000a4242\\u0009b\\u000d", PlainText.of("a\n4242\tb\r"));
        assertEquals("a \\u0020\\u0020locked\\u0020", PlainText.of("a   locked "));
        assertEquals("", PlainText.of(null));
    }

    @Test
    void cutsWhatIsTooLong() {
        assertEquals("aaaaa...", PlainText.of("a".repeat(130_000), 8));
        assertEquals("aaaaaaaa", PlainText.of("a".repeat(8), 8));
        assertEquals(PlainText.LONGEST, PlainText.of("\u001b".repeat(130_000)).length());
    }

    @Test
    void cutsNoCharacterInTwo() {
        String text = "aaaa\uD83D\uDE00aaaa";

        assertEquals("aaaa...", PlainText.of(text, 8));
        assertEquals("aaaa\uD83D\uDE00...", PlainText.of(text, 9));
        assertEquals("aa...\uD83D\uDE00aaaa", Wrap.shortened("aa".repeat(9) + "\uD83D\uDE00aaaa", 11));
        assertEquals("aa...aaaa", Wrap.shortened("aa".repeat(9) + "\uD83D\uDE00aaaa", 10));
        assertEquals("...aaaa", Wrap.shortened("\uD83D\uDE00" + "a".repeat(9), 8));
    }

    @Test
    void keepsTheLinesOfATextOfOurOwn() {
        assertEquals("to fix:\n  cp a\\u001b[m b", PlainText.lines("to fix:\n  cp a\u001b[m b"));
    }

    @Test
    void leavesNothingToObeyInAnyText() {
        Random random = new Random(4711);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(50); length > 0; length--) {
                text.append((char) random.nextInt(random.nextBoolean() ? 0x100 : 0x10000));
            }
            String plain = PlainText.of(text.toString());
            assertTrue(plain.codePoints().allMatch(c -> c == ' ' || PlainText.isPrinted(c)), plain);
            assertTrue(plain.length() <= PlainText.LONGEST);
            assertEquals(plain, PlainText.of(plain), "twice is as once");
        }
    }

    @Test
    void betweenQuotationMarksEveryBlankIsSeen() {
        assertThat(PlainText.quoted(" a  b ", 40)).isEqualTo(" a  b ");
        assertThat(PlainText.quoted("a\tb\u00a0c", 40)).isEqualTo("a\\u0009b\\u00a0c");
        assertThat(PlainText.quoted("x".repeat(50), 10)).isEqualTo("xxxxxxx...");
    }
}
