// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.hotspot.JvmFlags;
import io.memlock.log.PlainText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * How a JVM was started: its command line, and the options it found in its environment.
 *
 * @param name what runs in it, short and harmless: the main class with its packages abbreviated, or the jar
 * @param wholeName the same with nothing abbreviated, and harmless, too
 * @param flags the JVM's own
 */
public record JavaCommand(String name, String wholeName, JvmFlags flags) {

    private static final int LONGEST_NAME = 40;

    /** The longest name that is shown, where it cannot be abbreviated, as that of a jar. */
    private static final int LONGEST_SHOWN = 80;

    /** What {@code -XX:Flags=FILE} says, as in the file: {@code +UseSerialGC}. arguments.cpp */
    private static final String PUBLISHED_FLAGS = "java.rt.vmFlags";

    /** The JVM's own options, those of all other files among them. arguments.cpp */
    private static final String PUBLISHED_OPTIONS = "java.rt.vmArgs";

    /** The JVM cuts what is longer. perfData.cpp, PerfMaxStringConstLength */
    private static final int LONGEST_PUBLISHED = 1024;

    /** What an argument of the launcher begins with that names a file of more. */
    private static final String ARGUMENT_FILE = "@";

    /** What an argument begins with that names a file of more. */
    private static final List<String> FILES = List.of(ARGUMENT_FILE, "-XX:VMOptionsFile=", "-XX:Flags=");

    private static final String PUBLISHED_COMMAND = "sun.rt.javaCommand";

    /** The longest whole name: the process can make it as long as it likes. To abbreviate it takes one step a package. */
    private static final int LONGEST_WHOLE_NAME = 1000;

    /**
     * Options of the java launcher whose value is the next argument. JDK: man page java(1),
     * src/java.base/share/native/libjli/java.c
     */
    private static final Set<String> WITH_VALUE = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--limit-modules",
            "--patch-module",
            "--enable-native-access",
            "--illegal-native-access",
            "--source");

    /** Describes a JVM whose name is not abbreviated. */
    public JavaCommand(String name, JvmFlags flags) {
        this(name, name, flags);
    }

    /**
     * Returns whether this is what somebody calls it: by its whole name, as it is or as it is printed, or by the one that is
     * shown.
     */
    public boolean isNamed(String called) {
        return wholeName.equals(called)
                || name.equals(called)
                || wholeName.equals(PlainText.of(called, LONGEST_WHOLE_NAME));
    }

    /**
     * Reads how a JVM was started.
     *
     * @param cmdline {@code /proc/PID/cmdline}: arguments that each end in a NUL character
     * @param environment variables of the process; empty if they cannot be read
     * @param counters the JVM's performance counters that are texts, by name, null for one that is not published. Asked for
     *     where a file has further arguments, which is the process's own and may have changed, and where it is not the
     *     java launcher that chose them
     */
    static JavaCommand parse(String cmdline, Map<String, String> environment, UnaryOperator<String> counters) {
        List<String> arguments = new ArrayList<>(Arrays.asList(cmdline.split("\0", -1)));
        List<String> options = new ArrayList<>(options(environment.get("JAVA_TOOL_OPTIONS")));
        List<String> last = options(environment.get("_JAVA_OPTIONS"));
        String program = fileName(arguments.get(0));
        Main main = Main.NONE;
        boolean isComplete = false;
        if (program.equals("java")) { // otherwise a program that starts a JVM inside itself; its arguments are its own
            options.addAll(options(environment.get("JDK_JAVA_OPTIONS")));
            int given = options.size();
            main = takeOptions(arguments, options);
            options.replaceAll(option -> option.replaceFirst("^-(?=mx|ms|ss)", "-X")); // as the launcher does
            isComplete = Stream.of(options, last).noneMatch(JavaCommand::nameFile);
            boolean isGuess = main.isClass // and may be the first argument of the class that a file names
                    && options.stream().skip(given).anyMatch(option -> option.startsWith(ARGUMENT_FILE));
            if (isGuess || (main.name.isEmpty() && !isComplete)) {
                Main told = published(counters.apply(PUBLISHED_COMMAND));
                main = told.name.isEmpty() ? main : told;
            }
        }
        if (!isComplete) {
            boolean areFlagsKnown = take(counters.apply(PUBLISHED_FLAGS), "-XX:", options);
            isComplete = take(counters.apply(PUBLISHED_OPTIONS), "", options) && areFlagsKnown;
        }
        options.addAll(last);
        String whole = main.name.isEmpty() ? program : main.name;
        return new JavaCommand(
                PlainText.of(main.isClass ? shortened(whole) : whole, LONGEST_SHOWN),
                PlainText.of(whole, LONGEST_WHOLE_NAME),
                new JvmFlags(options, isComplete));
    }

    private static boolean nameFile(List<String> arguments) {
        return arguments.stream().anyMatch(argument -> FILES.stream().anyMatch(argument::startsWith));
    }

    /** Collects options that the JVM publishes, null for none; returns whether these are all of them. */
    private static boolean take(String published, String prefix, List<String> options) {
        String text = published == null ? "" : published;
        boolean isCut = text.length() >= LONGEST_PUBLISHED;
        for (String word : words(isCut ? text.substring(0, text.lastIndexOf(' ') + 1) : text)) {
            options.add(prefix + word);
        }
        return published != null && !isCut;
    }

    /** What the launcher runs: a class, or a file without its directory. */
    private record Main(String name, boolean isClass) {

        static final Main NONE = new Main("", false);

        static Main ofClass(String name) {
            return new Main(name, true);
        }

        static Main ofFile(String path) {
            return new Main(fileName(path), false);
        }
    }

    /** Collects the launcher's options; returns what it runs. */
    private static Main takeOptions(List<String> arguments, List<String> options) {
        boolean isJar = false;
        for (int i = 1; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String next = i + 1 < arguments.size() ? arguments.get(i + 1) : "";
            if (argument.equals("-jar")) {
                isJar = true; // and what follows may still be options
            } else if (argument.equals("-m") || argument.equals("--module")) {
                return Main.ofClass(next.substring(next.indexOf('/') + 1));
            } else if (argument.startsWith("--module=")) {
                return Main.ofClass(argument.substring(Math.max(argument.indexOf('='), argument.indexOf('/')) + 1));
            } else if (WITH_VALUE.contains(argument)) {
                i++;
            } else if (argument.startsWith("-") || argument.startsWith("@")) {
                options.add(argument);
            } else {
                return isJar || argument.endsWith(".java") ? Main.ofFile(argument) : Main.ofClass(argument);
            }
        }
        return Main.NONE;
    }

    /** Returns the main class or jar of a published command, which its arguments follow. */
    private static Main published(String command) {
        String main = words(command).stream().findFirst().orElse("");
        main = main.substring(main.indexOf('/') < 0 || main.endsWith(".jar") ? 0 : main.indexOf('/') + 1);
        return main.endsWith(".jar") ? Main.ofFile(main) : Main.ofClass(main);
    }

    /** Returns the options of a variable. What is quoted belongs to one, without its quotes. arguments.cpp, args.c */
    private static List<String> options(String variable) {
        List<String> options = new ArrayList<>();
        StringBuilder option = new StringBuilder();
        char quote = ' ';
        for (char character : (variable == null ? "" : variable + " ").toCharArray()) {
            if (quote == ' ' ? character == '"' || character == '\'' : character == quote) {
                quote = quote == ' ' ? character : ' ';
            } else if (quote != ' ' || " \t\n\u000b\f\r".indexOf(character) < 0) {
                option.append(character);
            } else if (option.length() > 0) {
                options.add(option.toString());
                option.setLength(0);
            }
        }
        return options;
    }

    private static List<String> words(String options) {
        return options == null || options.isBlank()
                ? List.of()
                : Arrays.asList(options.trim().split("\\s+", -1));
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Shortens {@code org.example.server.Main} to {@code o.e.server.Main}, as far as is needed. */
    static String shortened(String className) {
        String name = className.substring(0, Math.min(className.length(), LONGEST_WHOLE_NAME));
        int from = 0;
        for (int dot = name.indexOf('.'); dot > 0 && name.length() > LONGEST_NAME; dot = name.indexOf('.', from)) {
            name = name.substring(0, from + 1) + name.substring(dot);
            from += 2;
        }
        return name;
    }
}
