// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Matches paths of files against a pattern, as in {@code mapped=/data/hot/**}: {@code *} stands for any characters but
 * {@code /}, {@code **} for any, {@code ?} for one that is no {@code /}, <code>{a,b}</code> for either, and a
 * backslash takes the meaning from what follows. It accepts the paths that {@code java.nio.file} would. That package
 * must not be used here, because the application may have a default file system of its own.
 *
 * <p>Paths are whatever somebody called a file. So all ways through the pattern are followed at once, one character of the
 * path after the other: that takes time in proportion to both lengths, never more.
 */
public final class PathGlob {

    /** Of all globs of an option together. */
    public static final int LONGEST = 1000;

    private static final String ESCAPED_NEWLINE = "\\012";

    private final String text;
    private final List<Step> steps = new ArrayList<>();

    /** The characters it begins with: most paths differ there already. */
    private final String prefix;

    /**
     * What one place in the pattern takes from a path.
     *
     * @param kind what it takes
     * @param character that one, for {@link Kind#CHARACTER}
     * @param next where to go on without taking anything, for {@link Kind#FORK}
     */
    private record Step(Kind kind, char character, List<Integer> next) {

        static Step of(Kind kind) {
            return new Step(kind, '\0', List.of());
        }
    }

    private enum Kind {
        CHARACTER,
        ONE_IN_NAME,
        MANY_IN_NAME,
        MANY,
        FORK
    }

    private PathGlob(String text) {
        this.text = text;
        StringBuilder begin = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            at = compile(at);
        }
        for (int i = 0; i < steps.size() && steps.get(i).kind == Kind.CHARACTER; i++) {
            begin.append(steps.get(i).character);
        }
        prefix = begin.toString();
    }

    /**
     * Reads a pattern in which {@link #problem} finds nothing.
     *
     * @param text as it was typed
     */
    public static PathGlob of(String text) {
        return new PathGlob(text);
    }

    /**
     * Tells what is wrong with a pattern.
     *
     * @return in words that follow the pattern in a sentence; null if it can be read and may fit a file
     */
    public static String problem(String text) {
        String inGroups = problemOfGroups(text);
        if (inGroups != null) {
            return inGroups;
        }
        if (text.charAt(0) != '/') {
            return "is relative: paths of files begin with '/', as in /**/*.data";
        }
        if (text.endsWith("/")) {
            return "is a directory: with ** at its end it is for all files below";
        }
        return text.contains("//") || text.contains("/./") || text.contains("/../")
                ? "fits no file: the kernel's paths have no '//', '/./' or '/../'"
                : null;
    }

    private static String problemOfGroups(String text) {
        boolean isInGroup = false;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\' && ++at == text.length()) {
                return "ends in a '\\', which must stand before a character";
            }
            if (c == '[') {
                return "has a '[': sets of characters are not supported; for the character itself write \\[";
            }
            if (c == '{' && isInGroup) {
                return "has a '{' between braces: they cannot be nested";
            }
            if (c == '}' && !isInGroup) {
                return "has a '}' without a '{'; for the character itself write \\}";
            }
            isInGroup = c == '{' || (isInGroup && c != '}');
        }
        return isInGroup ? "has a '{' without a '}'; for the character itself write \\{" : null;
    }

    /** Adds what begins at a place, and returns where the next begins. */
    private int compile(int at) {
        char c = text.charAt(at);
        if (c == '{') {
            return compileGroup(at + 1);
        }
        if (c == '*') {
            boolean isDouble = at + 1 < text.length() && text.charAt(at + 1) == '*';
            steps.add(Step.of(isDouble ? Kind.MANY : Kind.MANY_IN_NAME));
            return at + (isDouble ? 2 : 1);
        }
        if (c == '?') {
            steps.add(Step.of(Kind.ONE_IN_NAME));
            return at + 1;
        }
        int literal = c == '\\' ? at + 1 : at;
        steps.add(new Step(Kind.CHARACTER, text.charAt(literal), List.of()));
        return literal + 1;
    }

    /** A fork leads to each of the alternatives, and one behind each of them to the end. */
    private int compileGroup(int first) {
        List<Integer> alternatives = new ArrayList<>();
        List<Integer> end = new ArrayList<>();
        steps.add(new Step(Kind.FORK, '\0', alternatives));
        alternatives.add(steps.size());
        int at = first;
        while (text.charAt(at) != '}') {
            if (text.charAt(at) == ',') {
                steps.add(new Step(Kind.FORK, '\0', end));
                alternatives.add(steps.size());
                at++;
            } else {
                at = compile(at);
            }
        }
        end.add(steps.size());
        return at + 1;
    }

    /**
     * Tells whether a file is one of those that some patterns are for.
     *
     * @param path as {@code /proc/PID/maps} shows it: a newline in it is {@code \012}, and {@code " (deleted)"} follows where
     *     the file is unlinked
     */
    public static boolean isFittedByAny(String path, List<PathGlob> globs) {
        String name = Mapping.linkedPath(path);
        if (name.contains(ESCAPED_NEWLINE)) {
            name = name.replace(ESCAPED_NEWLINE, "\n");
        }
        for (int i = 0; i < globs.size(); i++) {
            if (globs.get(i).fits(name)) {
                return true;
            }
        }
        return false;
    }

    /** Tells whether a path fits, as it is. */
    boolean fits(String path) {
        if (!path.startsWith(prefix)) {
            return false;
        }
        Places now = new Places();
        Places next = new Places();
        now.add(prefix.length());
        for (int at = prefix.length(); at < path.length(); at++) {
            if (now.count == 0) {
                return false;
            }
            next.follow(now, path.charAt(at));
            Places before = now;
            now = next;
            next = before;
        }
        return now.has(steps.size());
    }

    /** The places in the pattern at which a path may be. */
    private final class Places {

        private final boolean[] isIn = new boolean[steps.size() + 1];
        private final int[] places = new int[steps.size() + 1];
        private int count;

        boolean has(int place) {
            return isIn[place];
        }

        /** Adds one, and those that are reached from it without taking anything. */
        void add(int place) {
            if (isIn[place]) {
                return;
            }
            isIn[place] = true;
            if (place == steps.size()) {
                return;
            }
            Step step = steps.get(place);
            if (step.kind == Kind.FORK) {
                for (int i = 0; i < step.next.size(); i++) {
                    add(step.next.get(i));
                }
                return;
            }
            places[count++] = place;
            if (step.kind == Kind.MANY || step.kind == Kind.MANY_IN_NAME) {
                add(place + 1);
            }
        }

        /** From now on those that are reached from others by one character. */
        void follow(Places before, char c) {
            Arrays.fill(isIn, false);
            count = 0;
            for (int i = 0; i < before.count; i++) {
                int place = before.places[i];
                switch (steps.get(place).kind) {
                    case CHARACTER -> addIf(steps.get(place).character == c, place + 1);
                    case ONE_IN_NAME -> addIf(c != '/', place + 1);
                    case MANY_IN_NAME -> addIf(c != '/', place);
                    case MANY -> add(place);
                    case FORK -> {} // leads on at once
                }
            }
        }

        private void addIf(boolean is, int place) {
            if (is) {
                add(place);
            }
        }
    }

    /**
     * Finds the next separator of a list that neither stands between braces nor follows a backslash.
     *
     * @param from where to begin
     * @return where it is; the length of the list if there is none
     */
    public static int indexOfSeparator(String list, char separator, int from) {
        boolean isInGroup = false;
        for (int at = from; at < list.length(); at++) {
            char c = list.charAt(at);
            if (c == separator && !isInGroup) {
                return at;
            }
            at += c == '\\' ? 1 : 0;
            isInGroup = c == '{' || (isInGroup && c != '}');
        }
        return list.length();
    }

    /** Returns the parts of a list of patterns, as {@link #joined} has put them together; any of them may be empty. */
    public static List<String> split(String list) {
        List<String> parts = new ArrayList<>();
        for (int start = 0; start <= list.length(); ) {
            int end = indexOfSeparator(list, '+', start);
            parts.add(list.substring(start, end));
            start = end + 1;
        }
        return parts;
    }

    /**
     * Returns patterns in the option's syntax.
     *
     * @return for example {@code /data/hot/**+/var/index}
     */
    public static String joined(List<PathGlob> globs) {
        StringBuilder text = new StringBuilder();
        for (PathGlob glob : globs) {
            text.append(text.length() == 0 ? "" : "+").append(glob.text);
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathGlob glob && text.equals(glob.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As it was typed. */
    @Override
    public String toString() {
        return text;
    }
}
