// SPDX-License-Identifier: Apache-2.0
package io.memlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.check.Level;
import io.memlock.jmx.MemoryLockMXBean;
import io.memlock.jmx.RegionMXBean;
import io.memlock.options.Option;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Compares what docs/stability.md promises with stable-surface.txt, which is checked in. A line that has to be taken out of
 * the file is an incompatible change.
 */
class StableSurfaceTest {

    private static final Path SNAPSHOT = Path.of("src", "test", "resources", "stable-surface.txt");
    private static final Path METRICS = Path.of("..", "packaging", "monitoring", "jmx-exporter", "memlock.yml");
    private static final Pattern METRIC = Pattern.compile("(?m)^ *name: (memlock_\\w+)");

    @Test
    void isAsCheckedIn() throws Exception {
        TreeSet<String> surface = new TreeSet<>();
        for (Option option : Option.values()) {
            surface.add("option " + option.key() + "=" + option.defaultValue());
        }
        for (Level level : Level.values()) {
            surface.add("check " + level + " exit status " + level.exitStatus());
        }
        for (Class<?> bean : List.of(MemoryLockMXBean.class, RegionMXBean.class)) {
            for (Method method : bean.getMethods()) {
                String type = method.getGenericReturnType().getTypeName();
                surface.add(
                        bean.getSimpleName() + " " + method.getName() + "/" + method.getParameterCount() + " " + type);
            }
        }
        METRIC.matcher(Files.readString(METRICS))
                .results()
                .map(name -> "metric " + name.group(1))
                .forEach(surface::add);

        assertThat(surface).containsExactlyElementsOf(Files.readAllLines(SNAPSHOT));
    }
}
