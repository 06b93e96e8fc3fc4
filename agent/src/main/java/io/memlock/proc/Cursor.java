// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Reads what the kernel printed line by line, and a line from left to right. Works on the bytes and makes Strings only
 * where asked to: the keeper parses thousands of lines a second.
 */
final class Cursor {

    /** 2^64 - 1 without its last digit, and that digit. */
    private static final long MAX_TENTH = Long.divideUnsigned(-1, 10);

    private static final int MAX_LAST_DIGIT = 5;

    private final String file;
    private byte[] text;
    private int end;
    private int nextLine;
    private int lineStart;
    private int lineEnd;
    private int position;
    private int lineNumber;

    /**
     * Before the first line.
     *
     * @param file named in exceptions
     * @param text not copied
     * @param length how much of it counts
     */
    Cursor(String file, byte[] text, int length) {
        this.file = file;
        this.text = text;
        this.end = length;
    }

    Cursor(String file, String text) {
        this(file, text.getBytes(UTF_8), -1);
        end = this.text.length;
    }

    /** Goes on with the next piece of the same file; what there was must have been whole lines. */
    void continueWith(byte[] piece, int length) {
        text = piece;
        end = length;
        nextLine = 0;
        lineStart = 0;
        lineEnd = 0;
        position = 0;
    }

    /** Moves to the start of the next line. The last one may lack its newline. */
    boolean nextLine() {
        if (nextLine >= end) {
            return false;
        }
        lineStart = nextLine;
        position = lineStart;
        int at = lineStart;
        while (at < end && text[at] != '\n') {
            at++;
        }
        lineEnd = at;
        nextLine = at + 1;
        lineNumber++;
        return true;
    }

    /** Takes all the text for one line, for the one file that prints names with newlines in them. */
    void onlyLine() {
        lineNumber = 1;
        nextLine = end;
        lineEnd = end > 0 && text[end - 1] == '\n' ? end - 1 : end;
    }

    boolean atLineEnd() {
        return position >= lineEnd;
    }

    /** The byte here, -1 at the end of the line. */
    int peek() {
        return position < lineEnd ? text[position] : -1;
    }

    /** The byte here, which is then behind the cursor; -1 at the end of the line. */
    int next() {
        return position < lineEnd ? text[position++] : -1;
    }

    /** Steps over one character that has to be there. */
    void expect(char c) {
        if (peek() != c) {
            throw malformed("'" + c + "'");
        }
        position++;
    }

    /** Steps over blanks and tabs, if any. */
    void skipBlanks() {
        while (position < lineEnd && isBlank(text[position])) {
            position++;
        }
    }

    /** Steps over these bytes if they are here. */
    boolean skip(byte[] expected) {
        if (lineEnd - position < expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (text[position + i] != expected[i]) {
                return false;
            }
        }
        position += expected.length;
        return true;
    }

    /** 1 to 16 hexadecimal digits in lower case: an unsigned 64-bit number. */
    long hex() {
        long value = 0;
        int from = position;
        while (position < lineEnd) {
            int digit = hexDigit(text[position]);
            if (digit < 0) {
                break;
            }
            value = value << 4 | digit;
            position++;
        }
        if (position == from || position - from > 16) {
            throw malformedAt(from, "a hexadecimal number of 1 to 16 digits");
        }
        return value;
    }

    /** A decimal number that a long holds, without a sign. */
    long decimal() {
        int from = position;
        long value = unsignedDecimal();
        if (value < 0) {
            throw malformedAt(from, "a number below 2^63");
        }
        return value;
    }

    /** A decimal number below 2^64; from 2^63 it comes back negative. */
    long unsignedDecimal() {
        long value = 0;
        int from = position;
        while (position < lineEnd && text[position] >= '0' && text[position] <= '9') {
            int digit = text[position] - '0';
            if (Long.compareUnsigned(value, MAX_TENTH) > 0 || (value == MAX_TENTH && digit > MAX_LAST_DIGIT)) {
                throw malformedAt(from, "a number below 2^64");
            }
            value = value * 10 + digit;
            position++;
        }
        if (position == from) {
            throw malformed("a decimal number");
        }
        return value;
    }

    /** Blanks, a number and the end of the line. */
    long number() {
        skipBlanks();
        long value = decimal();
        if (!atLineEnd()) {
            throw malformed("nothing after the number");
        }
        return value;
    }

    /** Blanks, a number, " kB" and the end of the line: in bytes. */
    long kilobytes() {
        skipBlanks();
        int from = position;
        long value = decimal();
        if (value > Long.MAX_VALUE >> 10) {
            throw malformedAt(from, "a number of kilobytes");
        }
        skipBlanks();
        expect('k');
        expect('B');
        if (!atLineEnd()) {
            throw malformed("nothing after kB");
        }
        return value << 10;
    }

    /** Up to the next blank, tab or end of the line; may be empty. */
    String word() {
        int from = position;
        skipWord();
        return string(from, position);
    }

    /** Steps over what {@link #word()} would return. */
    void skipWord() {
        while (position < lineEnd && !isBlank(text[position])) {
            position++;
        }
    }

    /** Up to the character, which is stepped over and has to be there. */
    String upTo(char c) {
        int from = position;
        while (position < lineEnd && text[position] != c) {
            position++;
        }
        String part = string(from, position);
        expect(c);
        return part;
    }

    /** Up to the last such character of the line, which is stepped over and has to be there. */
    String upToLast(char c) {
        int at = lineEnd - 1;
        while (at >= position && text[at] != c) {
            at--;
        }
        if (at < position) {
            throw malformed("'" + c + "'");
        }
        String part = string(position, at);
        position = at + 1;
        return part;
    }

    /** The rest of the line. */
    String rest() {
        String rest = string(position, lineEnd);
        position = lineEnd;
        return rest;
    }

    /** All of the text, wherever the cursor is. */
    String all() {
        return string(0, end);
    }

    /** The rest of the line; the given String itself if that is what it says, so that repeated paths cost nothing. */
    String restOrSame(String previous) {
        int length = lineEnd - position;
        if (previous.length() != length) {
            return rest();
        }
        for (int i = 0; i < length; i++) {
            if (previous.charAt(i) != text[position + i]) {
                return rest();
            }
        }
        position = lineEnd;
        return previous;
    }

    ProcFormatException malformed(String expected) {
        return malformedAt(position, expected);
    }

    private ProcFormatException malformedAt(int at, String expected) {
        return new ProcFormatException(file, lineNumber, string(lineStart, lineEnd), at - lineStart, expected);
    }

    private String string(int from, int to) {
        return from == to ? "" : new String(text, from, to - from, UTF_8);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    private static int hexDigit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
    }
}
