// SPDX-License-Identifier: Apache-2.0
package io.memlock.output;

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
public record Console(PlainStream out, PlainStream err, boolean terminal, boolean colour, int width) {

    /** The width assumed where none is told: no terminal has less. */
    private static final int USUAL_WIDTH = 80;

    /** No table can be read in less. */
    private static final int LEAST_WIDTH = 40;

    /** Names colours by their meaning. */
    public enum Colour {
        GOOD("32"),
        WARNING("33"),
        BAD("31"),
        QUIET("2");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    public static Console ofThisProcess() {
        return of(System.out, System.err, stdoutTarget(), System.getenv());
    }

    /**
     * Decides whether there may be colour.
     *
     * @param stdoutTarget what {@code /proc/self/fd/1} points to
     * @param environment for {@code NO_COLOR} (no-color.org), {@code TERM} and {@code COLUMNS}
     */
    public static Console of(PrintStream out, PrintStream err, String stdoutTarget, Map<String, String> environment) {
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

    /** Returns what standard output is: a path, {@code pipe:[INODE]}, or "" if that is not known. */
    public static String stdoutTarget() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** Colours a text where colour is allowed. */
    public String paint(Colour colour, String text) {
        return colour() ? sequence(colour.code + "m") + text + sequence("0m") : text;
    }

    /** Returns the sequence that moves the cursor up, to the start of a line, to write over it. */
    public String up(int lines) {
        return sequence(lines + "F");
    }

    /** Makes a line stay one on a narrow terminal, and clear what an older line left behind it. */
    public String oneRow(String line) {
        return sequence("?7l") + line + sequence("K") + sequence("?7h");
    }

    private String sequence(String rest) {
        return out.escape() + "[" + rest;
    }
}
