// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;

/**
 * Compares the fields that each command writes with {@code --json}, and their types, with stable-json.txt, which is checked in.
 * A field may be null, too; a type is that of its values which are not.
 */
class StableJsonIT {

    private static final Path SNAPSHOT = Path.of("src", "test", "resources", "stable-json.txt");

    private final SortedMap<String, String> types = new TreeMap<>();

    @Test
    void fieldsAreAsCheckedIn() throws IOException {
        Machine.requireUnlimitedLocking();
        Path app = jarOfAnotherName();
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent("mode=heap+mapped,mapped=/never/**")
                .flags("-Xmx64m")
                .main("-jar", app.toString())
                .start()) {
            jvm.awaitErrorLine("[memlock] locked");
            String pid = Long.toString(jvm.pid());
            eventually(
                    () -> assertThat(Memlock.run("status", jvm.pid(), "--json").stdout())
                            .contains("\"state\":\"LOCKED\""));
            add("status", "status", pid, "--json");
            add("check", "check", pid, "--json");
            add("regions", "regions", pid, "--json");
            add("regions --maps", "regions", pid, "--maps", "--json");
            add("doctor", "doctor", pid, "--json");
            add("doctor --name", "doctor", "--name", app.getFileName().toString(), "--json");
            add("watch", "watch", pid, "--json", "--count", "1");
        }

        SortedSet<String> removed = new TreeSet<>(Files.readAllLines(SNAPSHOT));
        SortedSet<String> added = new TreeSet<>();
        types.forEach((field, type) -> added.add(field + " " + type));
        SortedSet<String> now = new TreeSet<>(added);
        added.removeAll(removed);
        removed.removeAll(now);
        assertThat(removed)
                .as(
                        "no longer there, or of another type: %n%s%nOthers read it. Keep it, or raise schema and the version as"
                                + " docs/stability.md says, write it into CHANGELOG.md and take the lines out of %s",
                        String.join("\n", removed), SNAPSHOT)
                .isEmpty();
        assertThat(added)
                .as(
                        "new:%n%s%nFrom the next release on it has to stay. If that is meant, describe it in"
                                + " docs/command-line.md and add the lines to %s, in order",
                        String.join("\n", added), SNAPSHOT)
                .isEmpty();
    }

    /** No other JVM on the machine has been started from it: the answer to a name that several have is another one. */
    private static Path jarOfAnotherName() throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, HeapApp.class.getName());
        attributes.put(
                Attributes.Name.CLASS_PATH, AgentJar.testClasses().toUri().toString());
        Path jar = Files.createTempFile(Path.of("target").toAbsolutePath(), "stable-json-", ".jar");
        jar.toFile().deleteOnExit();
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        return jar;
    }

    private void add(String name, String... command) throws JsonProcessingException {
        Outcome outcome = Memlock.run(Jdk.current(), command);
        add(name, new ObjectMapper().readTree(outcome.stdout()));
    }

    private void add(String name, JsonNode value) {
        String type = value.getNodeType().toString().toLowerCase(Locale.ROOT);
        if (value.getNodeType() != JsonNodeType.NULL || !types.containsKey(name)) {
            types.put(name, type);
        }
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            add(name + " " + field.getKey(), field.getValue());
        }
        if (value.isArray()) {
            value.forEach(element -> add(name + "[]", element));
        }
    }
}
