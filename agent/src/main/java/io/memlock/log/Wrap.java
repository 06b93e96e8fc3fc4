// SPDX-License-Identifier: Apache-2.0
package io.memlock.log;

import java.util.ArrayList;
import java.util.List;

/** Breaks text for people into lines, before a terminal does it in the middle of a word. */
public final class Wrap {

    private static final String COMMENT = "# ";

    private Wrap() {}

    /**
     * Breaks a text at blanks.
     *
     * @param text one line or several
     * @param width the longest line; a word that is longer stays whole
     */
    public static List<String> words(String text, int width) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n", -1)) {
            String rest = paragraph;
            while (rest.length() > width) {
                int blank = rest.lastIndexOf(' ', width);
                blank = blank > 0 ? blank : rest.indexOf(' ', width);
                if (blank < 0) {
                    break;
                }
                lines.add(rest.substring(0, blank));
                rest = rest.substring(blank + 1);
            }
            lines.add(rest);
        }
        return lines;
    }

    /**
     * Breaks the comments of what is to be typed; commands stay as they are.
     *
     * @param remedy lines, of which those that begin with {@code #} are comments
     * @param width the longest line of a comment
     */
    public static List<String> comments(String remedy, int width) {
        List<String> lines = new ArrayList<>();
        for (String line : remedy.split("\n", -1)) {
            if (!line.startsWith(COMMENT)) {
                lines.add(line);
                continue;
            }
            for (String part : words(line.substring(COMMENT.length()), width - COMMENT.length())) {
                lines.add(COMMENT + part);
            }
        }
        return lines;
    }

    /**
     * Shortens a text that is too wide in its middle: the beginning and the end of a path tell most.
     *
     * @param width at least 5
     */
    public static String shortened(String text, int width) {
        if (text.length() <= width) {
            return text;
        }
        int head = (width - 3) / 3;
        int tail = text.length() - (width - 3 - head);
        boolean isDivided = PlainText.boundary(text, tail) < tail;
        return text.substring(0, PlainText.boundary(text, head)) + "..." + text.substring(isDivided ? tail + 1 : tail);
    }
}
