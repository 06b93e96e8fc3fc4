// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.contender;

import io.memlock.it.harness.AgentJar;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** Packs an agent of one class into a jar, as its author would. */
public final class ContenderJar {

    private ContenderJar() {}

    /**
     * Makes the jar, named after the class.
     *
     * @param directory where to; made if missing
     * @param agent its only class
     * @param libraries jars it finds through its manifest
     * @return the jar
     */
    public static Path make(Path directory, Class<?> agent, List<Path> libraries) {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", agent.getName());
        attributes.putValue("Agent-Class", agent.getName());
        attributes.put(
                Attributes.Name.CLASS_PATH,
                libraries.stream().map(path -> path.toUri().toString()).collect(Collectors.joining(" ")));
        try {
            Files.createDirectories(directory);
            Path jar = directory.resolve(agent.getSimpleName() + ".jar");
            String entry = agent.getName().replace('.', '/') + ".class";
            try (OutputStream file = Files.newOutputStream(jar);
                    JarOutputStream out = new JarOutputStream(file, manifest)) {
                out.putNextEntry(new JarEntry(entry));
                Files.copy(AgentJar.codeOf(agent).resolve(entry), out);
                out.closeEntry();
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The jars on this JVM's class path. */
    public static List<Path> librariesOfThisJvm() {
        return Arrays.stream(System.getProperty("java.class.path").split(":", -1))
                .filter(entry -> entry.endsWith(".jar"))
                .map(Path::of)
                .toList();
    }
}
