// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import io.memlock.log.PlainText;
import java.nio.charset.StandardCharsets;

/** Quotes a word of a command to be typed. Only here do names that others chose become part of a shell's input. */
public final class ShellWord {

    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";

    private ShellWord() {}

    /**
     * Quotes a text so that a POSIX shell takes it for one word with just these characters. A word with characters that a
     * terminal would obey while it is pasted is written in {@code $'...'} (POSIX.1-2024; bash, zsh, ksh, busybox).
     *
     * @return the text itself where it needs no quotes
     */
    public static String of(String text) {
        boolean plain = !text.isEmpty();
        boolean printed = true;
        for (int at = 0; at < text.length(); ) {
            int character = text.codePointAt(at);
            at += Character.charCount(character);
            plain &= PLAIN.indexOf(character) >= 0;
            printed &= character == ' ' || PlainText.isPrinted(character);
        }
        if (plain) {
            return text;
        }
        return printed ? "'" + text.replace("'", "'\\''") + "'" : octal(text);
    }

    /** Writes every byte that is not plain as three octal digits, which no digit behind them can become part of. */
    private static String octal(String text) {
        StringBuilder word = new StringBuilder("$'");
        for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
            if (PLAIN.indexOf(unit) >= 0 || unit == ' ') {
                word.append((char) unit);
            } else {
                word.append('\\');
                for (int shift = 6; shift >= 0; shift -= 3) {
                    word.append((char) ('0' + (unit >> shift & (shift == 6 ? 3 : 7))));
                }
            }
        }
        return word.append('\'').toString();
    }
}
