// SPDX-License-Identifier: Apache-2.0
package io.memlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.api.MemoryLocks;
import io.memlock.bootstrap.Agent;
import io.memlock.check.Level;
import io.memlock.cli.Main;
import io.memlock.jmx.AllocatingClassRow;
import io.memlock.jmx.MemoryLockMXBean;
import io.memlock.jmx.OffHeapRow;
import io.memlock.jmx.RegionMXBean;
import io.memlock.jmx.RegionRow;
import io.memlock.memory.Region;
import io.memlock.options.Option;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares what docs/stability.md promises with stable-surface.txt, which is checked in. JSON is compared by StableJsonIT. */
class StableSurfaceTest {

    private static final Path SNAPSHOT = Path.of("src", "test", "resources", "stable-surface.txt");
    private static final Path METRICS = Path.of("..", "packaging", "monitoring", "jmx-exporter", "memlock.yml");
    private static final Pattern METRIC = Pattern.compile("(?m)^ *name: ([a-z]\\w+)");
    private static final Pattern WORD = Pattern.compile("`([a-z]+)`");

    private final SortedSet<String> surface = new TreeSet<>();

    @Test
    void isAsCheckedIn() throws Exception {
        addOptions();
        addExitStatuses();
        addBeans();
        METRIC.matcher(Files.readString(METRICS)).results().forEach(name -> surface.add("metric " + name.group(1)));
        addApi();

        SortedSet<String> removed = new TreeSet<>(Files.readAllLines(SNAPSHOT));
        SortedSet<String> added = new TreeSet<>(surface);
        added.removeAll(removed);
        removed.removeAll(surface);
        assertThat(removed)
                .as(
                        "no longer there, or changed: %n%s%nOthers rely on it. Keep it, or raise the version as"
                                + " docs/stability.md says, write it into CHANGELOG.md and take the lines out of %s",
                        String.join("\n", removed), SNAPSHOT)
                .isEmpty();
        assertThat(added)
                .as(
                        "new:%n%s%nFrom the next release on it has to stay. If that is meant, add the lines to %s, in order,"
                                + " and write it into CHANGELOG.md",
                        String.join("\n", added), SNAPSHOT)
                .isEmpty();
    }

    private void addOptions() {
        for (Option option : Option.values()) {
            surface.add("option " + option.key() + "=" + option.defaultValue());
            WORD.matcher(option.accepts())
                    .results()
                    .forEach(word -> surface.add("option " + option.key() + " accepts " + word.group(1)));
        }
        for (Region region : Region.values()) {
            surface.add("region " + region.optionName());
        }
    }

    private void addExitStatuses() throws ReflectiveOperationException {
        for (Level level : Level.values()) {
            surface.add("check " + level + " exit status " + level.exitStatus());
        }
        surface.add("on-failure=exit exit status " + Agent.EXIT_NOT_LOCKED);
        for (Field status : Class.forName("io.memlock.cli.ExitStatus").getDeclaredFields()) {
            if (status.getType() == int.class) {
                status.setAccessible(true);
                surface.add("command " + status.getName() + " exit status " + status.getInt(null));
            }
        }
        surface.add(
                "command not understood exit status " + Main.run(new File("memlock-agent.jar"), new String[] {"-?"}));
    }

    private void addBeans() {
        surface.add("MBean " + MemoryLockMXBean.OBJECT_NAME);
        surface.add("MBean " + RegionMXBean.OBJECT_NAME + "NAME");
        surface.add("notification " + MemoryLockMXBean.STATE_CHANGED);
        for (Class<?> type : List.of(
                MemoryLockMXBean.class,
                RegionMXBean.class,
                RegionRow.class,
                OffHeapRow.class,
                AllocatingClassRow.class)) {
            for (Method method : type.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
                    surface.add(type.getSimpleName() + " "
                            + method.getGenericReturnType().getTypeName() + " " + signature(method, method.getName()));
                }
            }
        }
    }

    private void addApi() throws Exception {
        Path directory = Path.of(MemoryLocks.class
                        .getResource(MemoryLocks.class.getSimpleName() + ".class")
                        .toURI())
                .getParent();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.equals("package-info")) {
                    addIfPublic(Class.forName(MemoryLocks.class.getPackageName() + "." + name));
                }
            }
        }
    }

    private void addIfPublic(Class<?> type) throws IOException {
        if (!isOffered(type.getModifiers())) {
            return;
        }
        String name = "API " + type.getName().substring(type.getName().lastIndexOf('.') + 1);
        surface.add(name + " is " + type.toGenericString() + " extends " + type.getGenericSuperclass() + " implements "
                + List.of(type.getGenericInterfaces()));
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            add(constructor, constructor.getModifiers(), name + " " + signature(constructor, "new"));
        }
        for (Method method : type.getDeclaredMethods()) {
            add(
                    method,
                    method.getModifiers(),
                    name + " " + (Modifier.isStatic(method.getModifiers()) ? "static " : "")
                            + method.getGenericReturnType().getTypeName() + " " + signature(method, method.getName()));
        }
        for (Field field : type.getDeclaredFields()) {
            add(field, field.getModifiers(), name + " " + field.toGenericString());
        }
    }

    private void add(AccessibleObject member, int modifiers, String line) {
        boolean isSynthetic = member instanceof Executable code ? code.isSynthetic() : ((Field) member).isSynthetic();
        if (isOffered(modifiers) && !isSynthetic) {
            surface.add(line);
        }
    }

    private static boolean isOffered(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String signature(Executable code, String name) {
        return name + "("
                + String.join(
                        ", ",
                        Stream.of(code.getGenericParameterTypes())
                                .map(type -> type.getTypeName())
                                .toList())
                + ")"
                + (code.getExceptionTypes().length == 0
                        ? ""
                        : " throws "
                                + String.join(
                                        ", ",
                                        Stream.of(code.getExceptionTypes())
                                                .map(Class::getName)
                                                .toList()));
    }
}
