// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where commands write.
 *
 * @param out for results; understands the sequences made here
 * @param err for everything else
 * @param terminal whether out is a terminal, so that it can be redrawn
 * @param colour whether out may be coloured
 * @param width columns of the terminal
 */
record Console(PlainStream out, PlainStream err, boolean terminal, boolean colour, int width) {

    /** What a terminal has at least, and a file may be shown in. */
    private static final int USUAL_WIDTH = 80;

    /** Narrower, no table can be read. */
    private static final int LEAST_WIDTH = 40;

    /** Colours, for what they say. */
    enum Colour {
        GOOD("32"),
        WARNING("33"),
        BAD("31"),
        QUIET("2");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    /** That of this process. */
    static Console ofThisProcess() {
        return of(System.out, System.err, stdoutTarget(), System.getenv());
    }

    /**
     * Decides whether there may be colour.
     *
     * @param stdoutTarget what {@code /proc/self/fd/1} points to
     * @param environment for {@code NO_COLOR} (no-color.org), {@code TERM} and {@code COLUMNS}
     */
    static Console of(PrintStream out, PrintStream err, String stdoutTarget, Map<String, String> environment) {
        boolean terminal = stdoutTarget.startsWith("/dev/pts/")
                || stdoutTarget.startsWith("/dev/tty")
                || stdoutTarget.equals("/dev/console");
        boolean capable = terminal && !"dumb".equals(environment.get("TERM"));
        boolean wanted = environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Console(
                new PlainStream(out),
                new PlainStream(err),
                capable,
                capable && wanted,
                width(environment.getOrDefault("COLUMNS", "")));
    }

    private static int width(String columns) {
        try {
            return Math.max(LEAST_WIDTH, Integer.parseInt(columns));
        } catch (NumberFormatException e) {
            return USUAL_WIDTH; // the shell knows, and tells only if it was asked to
        }
    }

    private static String stdoutTarget() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** The text, in a colour where there may be colour. */
    String paint(Colour colour, String text) {
        return colour() ? sequence(colour.code + "m") + text + sequence("0m") : text;
    }

    /** Moves to the start of the line some lines above, to write over them. */
    String up(int lines) {
        return sequence(lines + "F");
    }

    /** A line that stays one on a narrow terminal, and clears what is left of an older one behind it. */
    String oneRow(String line) {
        return sequence("?7l") + line + sequence("K") + sequence("?7h");
    }

    private String sequence(String rest) {
        return out.escape() + "[" + rest;
    }
}
