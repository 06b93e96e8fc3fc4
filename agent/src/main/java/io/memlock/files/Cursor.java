// SPDX-License-Identifier: Apache-2.0
package io.memlock.files;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Reads what the kernel printed line by line, and a line from left to right. Works on the bytes and makes Strings only
 * where asked to: the keeper parses thousands of lines a second.
 *
 * <p>The first text is parsed in a JVM's first milliseconds by the bytecode interpreter, to which a call or a field costs
 * as much as ten instructions: loops over bytes make no calls and keep to local variables.
 */
public final class Cursor {

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
    private String repeated = "";
    private int repeatedFrom;
    private int repeatedTo;

    /**
     * Begins before the first line.
     *
     * @param file named in exceptions
     * @param text not copied
     * @param length how much of it counts
     */
    public Cursor(String file, byte[] text, int length) {
        this.file = file;
        this.text = text;
        this.end = length;
    }

    public Cursor(String file, String text) {
        this(file, text.getBytes(UTF_8), -1);
        end = this.text.length;
    }

    /** Goes on with the next piece of the same file; what there was must have been whole lines. */
    public void continueWith(byte[] piece, int length) {
        text = piece;
        end = length;
        nextLine = 0;
        lineStart = 0;
        lineEnd = 0;
        position = 0;
        repeated = "";
        repeatedFrom = 0;
        repeatedTo = 0;
    }

    /** Moves to the start of the next line. The last one may lack its newline. */
    public boolean nextLine() {
        if (nextLine >= end) {
            return false;
        }
        int at = nextLine;
        lineStart = at;
        position = at;
        byte[] bytes = text;
        int last = end;
        while (at < last && bytes[at] != '\n') {
            at++;
        }
        lineEnd = at;
        nextLine = at + 1;
        lineNumber++;
        return true;
    }

    public boolean atLineEnd() {
        return position >= lineEnd;
    }

    /** Returns the byte here, -1 at the end of the line. */
    public int peek() {
        return position < lineEnd ? text[position] : -1;
    }

    /** Returns the byte here, which is then behind the cursor; -1 at the end of the line. */
    public int next() {
        return position < lineEnd ? text[position++] : -1;
    }

    /** Steps over one character that has to be there. */
    public void expect(char c) {
        if (position >= lineEnd || text[position] != c) {
            throw malformed("'" + c + "'");
        }
        position++;
    }

    /** Steps over blanks and tabs, if any. */
    public void skipBlanks() {
        byte[] bytes = text;
        int last = lineEnd;
        int at = position;
        while (at < last && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        position = at;
    }

    /** Steps over these bytes if they are here. */
    public boolean skip(byte[] expected) {
        if (lineEnd - position < expected.length) {
            return false;
        }
        byte[] bytes = text;
        int from = position;
        for (int i = 0; i < expected.length; i++) {
            if (bytes[from + i] != expected[i]) {
                return false;
            }
        }
        position = from + expected.length;
        return true;
    }

    /** Reads 1 to 16 hexadecimal digits in lower case: an unsigned 64-bit number. */
    public long hex() {
        byte[] bytes = text;
        int last = lineEnd;
        int from = position;
        int at = from;
        long value = 0;
        while (at < last) {
            int digit = bytes[at];
            if (digit >= '0' && digit <= '9') {
                digit -= '0';
            } else if (digit >= 'a' && digit <= 'f') {
                digit -= 'a' - 10;
            } else {
                break;
            }
            value = value << 4 | digit;
            at++;
        }
        if (at == from || at - from > 16) {
            throw malformedAt(from, "a hexadecimal number of 1 to 16 digits");
        }
        position = at;
        return value;
    }

    /** Reads a decimal number that a long holds, without a sign. */
    public long decimal() {
        int from = position;
        long value = unsignedDecimal();
        if (value < 0) {
            throw malformedAt(from, "a number below 2^63");
        }
        return value;
    }

    /** Reads a decimal number below 2^64; from 2^63 it comes back negative. */
    public long unsignedDecimal() {
        byte[] bytes = text;
        int last = lineEnd;
        int from = position;
        int at = from;
        long value = 0;
        while (at < last && bytes[at] >= '0' && bytes[at] <= '9') {
            int digit = bytes[at] - '0';
            if (value < 0 || value > MAX_TENTH || (value == MAX_TENTH && digit > MAX_LAST_DIGIT)) {
                throw malformedAt(from, "a number below 2^64");
            }
            value = value * 10 + digit;
            at++;
        }
        position = at;
        if (at == from) {
            throw malformed("a decimal number");
        }
        return value;
    }

    /** Reads blanks, a number and the end of the line. */
    public long number() {
        skipBlanks();
        long value = decimal();
        if (!atLineEnd()) {
            throw malformed("nothing after the number");
        }
        return value;
    }

    /**
     * Reads blanks, a number, " kB" and the end of the line; returns bytes. From 2^63 on the kernel's counter has gone
     * below zero, as VmLck does once a mapping of 8 TiB or more was locked (mlock_fixup counts its pages in an int):
     * unknown, -1.
     */
    public long kilobytes() {
        skipBlanks();
        int from = position;
        long value = unsignedDecimal();
        if (value > Long.MAX_VALUE >> 10) {
            throw malformedAt(from, "a number of kilobytes");
        }
        skipBlanks();
        expect('k');
        expect('B');
        if (!atLineEnd()) {
            throw malformed("nothing after kB");
        }
        return value < 0 ? -1 : value << 10;
    }

    /** Reads up to the next blank, tab or end of the line; may be empty. */
    public String word() {
        int from = position;
        skipWord();
        return string(from, position);
    }

    /** Steps over what {@link #word()} would return. */
    public void skipWord() {
        byte[] bytes = text;
        int last = lineEnd;
        int at = position;
        while (at < last && bytes[at] != ' ' && bytes[at] != '\t') {
            at++;
        }
        position = at;
    }

    /** Reads up to the character, which is stepped over and has to be there. */
    public String upTo(char c) {
        int from = position;
        while (position < lineEnd && text[position] != c) {
            position++;
        }
        String part = string(from, position);
        expect(c);
        return part;
    }

    public String rest() {
        String rest = string(position, lineEnd);
        position = lineEnd;
        return rest;
    }

    /** Returns all of the text, wherever the cursor is. */
    public String all() {
        return string(0, end);
    }

    /**
     * Reads the rest of the line. Returns the same String as last time if the text is the same: most paths come several
     * times.
     */
    public String restMaybeRepeated() {
        if (!isRepeated()) {
            repeated = string(position, lineEnd);
            repeatedFrom = position;
            repeatedTo = lineEnd;
        }
        position = lineEnd;
        return repeated;
    }

    private boolean isRepeated() {
        byte[] bytes = text;
        int from = position;
        int other = repeatedFrom;
        int length = lineEnd - from;
        if (length != repeatedTo - other) {
            return false;
        }
        int at = length - 1; // the names of files differ at their end
        while (at >= 0 && bytes[from + at] == bytes[other + at]) {
            at--;
        }
        return at < 0;
    }

    public ProcFormatException malformed(String expected) {
        return malformedAt(position, expected);
    }

    private ProcFormatException malformedAt(int at, String expected) {
        return new ProcFormatException(file, lineNumber, string(lineStart, lineEnd), at - lineStart, expected);
    }

    private String string(int from, int to) {
        return from == to ? "" : new String(text, from, to - from, UTF_8);
    }
}
