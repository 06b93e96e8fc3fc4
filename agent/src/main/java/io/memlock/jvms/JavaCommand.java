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
 * @param flags the JVM's own
 */
public record JavaCommand(String name, JvmFlags flags) {

    private static final int LONGEST_NAME = 40;

    /** The longest name that is shown, where it cannot be abbreviated, as that of a jar. */
    private static final int LONGEST_SHOWN = 80;

    /** What {@code -XX:Flags=FILE} says, as in the file: {@code +UseSerialGC}. arguments.cpp */
    private static final String PUBLISHED_FLAGS = "java.rt.vmFlags";

    /** The JVM's own options, those of all other files among them. arguments.cpp */
    private static final String PUBLISHED_OPTIONS = "java.rt.vmArgs";

    /** The JVM cuts what is longer. perfData.cpp, PerfMaxStringConstLength */
    private static final int LONGEST_PUBLISHED = 1024;

    /** What an argument begins with that names a file of more. */
    private static final List<String> FILES = List.of("@", "-XX:VMOptionsFile=", "-XX:Flags=");

    private static final String PUBLISHED_COMMAND = "sun.rt.javaCommand";

    /** Longer names are cut, at the cost of one step a package. */
    private static final int LONGEST_CLASS_NAME = 1000;

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
        List<String> options = new ArrayList<>(words(environment.get("JAVA_TOOL_OPTIONS")));
        List<String> last = words(environment.get("_JAVA_OPTIONS"));
        String program = fileName(arguments.get(0));
        String name = program;
        boolean isComplete = false;
        if (program.equals("java")) { // otherwise a program that starts a JVM inside itself; its arguments are its own
            options.addAll(words(environment.get("JDK_JAVA_OPTIONS")));
            String main = takeOptions(arguments, options);
            isComplete = Stream.of(options, last).noneMatch(JavaCommand::nameFile);
            main = main.isEmpty() && !isComplete ? published(counters.apply(PUBLISHED_COMMAND)) : main;
            name = main.isEmpty() ? program : main;
        }
        if (!isComplete) {
            boolean areFlagsKnown = take(counters.apply(PUBLISHED_FLAGS), "-XX:", options);
            isComplete = take(counters.apply(PUBLISHED_OPTIONS), "", options) && areFlagsKnown;
        }
        options.addAll(last);
        return new JavaCommand(PlainText.of(name, LONGEST_SHOWN), new JvmFlags(options, isComplete));
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

    /** Collects the launcher's options; returns what it runs. */
    private static String takeOptions(List<String> arguments, List<String> options) {
        boolean isJar = false;
        for (int i = 1; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String next = i + 1 < arguments.size() ? arguments.get(i + 1) : "";
            if (argument.equals("-jar")) {
                isJar = true; // and what follows may still be options
            } else if (argument.equals("-m") || argument.equals("--module")) {
                return shortened(next.substring(next.indexOf('/') + 1));
            } else if (argument.startsWith("--module=")) {
                return shortened(argument.substring(Math.max(argument.indexOf('='), argument.indexOf('/')) + 1));
            } else if (WITH_VALUE.contains(argument)) {
                i++;
            } else if (argument.startsWith("-") || argument.startsWith("@")) {
                options.add(argument);
            } else {
                return isJar || argument.endsWith(".java") ? fileName(argument) : shortened(argument);
            }
        }
        return "";
    }

    /** Returns the main class or jar of a published command, which its arguments follow. */
    private static String published(String command) {
        String main = words(command).stream().findFirst().orElse("");
        main = main.substring(main.indexOf('/') < 0 || main.endsWith(".jar") ? 0 : main.indexOf('/') + 1);
        return main.endsWith(".jar") ? fileName(main) : shortened(main);
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
        String name = className.substring(0, Math.min(className.length(), LONGEST_CLASS_NAME));
        int from = 0;
        for (int dot = name.indexOf('.'); dot > 0 && name.length() > LONGEST_NAME; dot = name.indexOf('.', from)) {
            name = name.substring(0, from + 1) + name.substring(dot);
            from += 2;
        }
        return name;
    }
}
