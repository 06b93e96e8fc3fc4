// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A JDK on this machine.
 *
 * @param home its directory, no symbolic link
 * @param feature its release, as 17
 * @param version its full version, as 17.0.15
 */
public record Jdk(Path home, int feature, String version) {

    private static final int OLDEST = 17;

    private static final Pattern VERSION = Pattern.compile("^JAVA_VERSION=\"((\\d+)[^\"]*)\"", Pattern.MULTILINE);

    /** Every JDK of release 17 or newer: the running one, those of the distribution, those the environment names. */
    public static List<Jdk> all() {
        List<Path> homes = new ArrayList<>();
        homes.add(Path.of(System.getProperty("java.home")));
        homes.addAll(children(Path.of("/usr/lib/jvm")));
        for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
            if (variable.getKey().startsWith("JAVA_HOME")) {
                homes.add(Path.of(variable.getValue()));
            }
        }
        return homes.stream()
                .filter(home -> Files.isExecutable(home.resolve("bin/javac")))
                .map(Jdk::realPath)
                .distinct()
                .map(Jdk::read)
                .flatMap(Optional::stream)
                .filter(jdk -> jdk.feature >= OLDEST)
                .sorted(Comparator.comparingInt(Jdk::feature).thenComparing(Jdk::version))
                .toList();
    }

    /**
     * Those of them that a test can use. Where there are none, the newest, so that {@link Machine#require} skips the test:
     * JUnit fails one that has no arguments.
     */
    public static List<Jdk> usable(Predicate<Jdk> condition) {
        List<Jdk> usable = all().stream().filter(condition).toList();
        return usable.isEmpty() ? List.of(newest()) : usable;
    }

    /** The JDK that runs the tests. */
    public static Jdk current() {
        return read(realPath(Path.of(System.getProperty("java.home")))).orElseThrow();
    }

    /** The newest JDK there is. */
    public static Jdk newest() {
        List<Jdk> all = all();
        return all.get(all.size() - 1);
    }

    /** The {@code java} command. */
    public Path java() {
        return tool("java");
    }

    /** What a JVM answers to a command of {@code jcmd}. */
    public String jcmd(long pid, String... command) {
        List<String> words = new ArrayList<>(List.of(tool("jcmd").toString(), Long.toString(pid)));
        words.addAll(List.of(command));
        return Commands.succeed(words);
    }

    /** A command of its {@code bin} directory. */
    public Path tool(String name) {
        return home.resolve("bin").resolve(name);
    }

    /** The collectors this build contains. */
    public List<Collector> collectors() {
        return Arrays.stream(Collector.values()).filter(this::contains).toList();
    }

    private boolean contains(Collector collector) {
        return Commands.run(java().toString(), collector.flag(), "-version").exitStatus() == 0;
    }

    private static Optional<Jdk> read(Path home) {
        try {
            Matcher version = VERSION.matcher(Files.readString(home.resolve("release")));
            return version.find()
                    ? Optional.of(new Jdk(home, Integer.parseInt(version.group(2)), version.group(1)))
                    : Optional.empty();
        } catch (IOException noJdk) {
            return Optional.empty();
        }
    }

    private static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path realPath(Path home) {
        try {
            return home.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As tests are named after it. */
    @Override
    public String toString() {
        return "JDK " + version;
    }
}
