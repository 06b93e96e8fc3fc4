// SPDX-License-Identifier: Apache-2.0
package io.memlock.log;

/**
 * Makes text from outside safe to print: names, paths and messages that another process chose. Control characters would
 * steer a terminal, and line ends or blanks could fake rows and columns, so neither is left.
 */
public final class PlainText {

    /** The most characters that a name or a path may have in a message. */
    public static final int LONGEST = 160;

    private static final String CUT = "...";

    private PlainText() {}

    /**
     * Makes a text harmless, and cuts it at {@link #LONGEST}.
     *
     * @param text any, or null
     * @return one line; see {@link #of(String, int)}
     */
    public static String of(String text) {
        return of(text, LONGEST);
    }

    /**
     * Makes a text harmless. What is not printed as itself (control and format characters, line ends, unassigned ones,
     * marks that are drawn over their neighbours, all blanks but single ones) is written as in Java, {@code \u001b}.
     *
     * @param text any, or null
     * @param longest length of the result in characters; what is longer ends in "..."
     * @return one line
     */
    public static String of(String text, int longest) {
        return text == null ? "" : of(text, longest, false);
    }

    /**
     * Makes a text harmless that stands between quotation marks, where every blank can be seen.
     *
     * @param text any
     * @param longest as with {@link #of(String, int)}
     * @return as {@link #of(String, int)}, with all blanks as they are
     */
    public static String quoted(String text, int longest) {
        return of(text, longest, true);
    }

    private static String of(String text, int longest, boolean keepsBlanks) {
        StringBuilder plain = new StringBuilder(Math.min(text.length(), longest));
        boolean afterBlank = true;
        for (int at = 0; at < text.length(); ) {
            int character = text.codePointAt(at);
            at += Character.charCount(character);
            boolean blank = character == ' ';
            boolean isSeen = keepsBlanks || (!afterBlank && at < text.length());
            append(plain, character, blank ? isSeen : isPrinted(character));
            afterBlank = blank;
            if (plain.length() > longest) {
                plain.setLength(boundary(plain, Math.max(0, longest - CUT.length())));
                return plain.append(CUT).toString();
            }
        }
        return plain.toString();
    }

    /** Returns a place where a text can be cut: this one, or the one before it if a character of two chars lies across it. */
    static int boundary(CharSequence text, int at) {
        boolean isWithin = at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at));
        return isWithin && Character.isHighSurrogate(text.charAt(at - 1)) ? at - 1 : at;
    }

    /**
     * Makes a text of several lines harmless, without shortening it. Line feeds stay, and so do blanks.
     *
     * @param text lines of our own that hold text from outside
     */
    public static String lines(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); ) {
            int character = text.codePointAt(at);
            at += Character.charCount(character);
            append(plain, character, character == '\n' || character == ' ' || isPrinted(character));
        }
        return plain.toString();
    }

    /** Tells whether a terminal shows a character as itself, in a place of its own. */
    public static boolean isPrinted(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK -> false;
            default -> true;
        };
    }

    private static void append(StringBuilder plain, int character, boolean asItself) {
        if (asItself) {
            plain.appendCodePoint(character);
            return;
        }
        for (char unit : Character.toChars(character)) {
            plain.append("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
                plain.append(Character.forDigit(unit >> shift & 0xf, 16));
            }
        }
    }
}
