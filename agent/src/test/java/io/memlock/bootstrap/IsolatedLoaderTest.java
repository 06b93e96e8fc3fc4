// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.memlock.options.OptionException;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class IsolatedLoaderTest {

    /** Any class will do that has none of ours above it. */
    private static final Class<?> ANY = OptionException.class;

    @TempDir
    private Path directory;

    private File jar;

    @BeforeEach
    void hideAClass() throws IOException {
        jar = directory.resolve("agent.jar").toFile();
        String path = ANY.getName().replace('.', '/');
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar.toPath()))) {
            out.putNextEntry(new JarEntry("inst/" + path + ".classdata"));
            out.write(bytesOf(ANY));
        }
    }

    @Test
    void loadsWhatIsHidden() throws Exception {
        Class<?> loaded = new IsolatedLoader(jar, IsolatedLoader.AT_ONCE).loadClass(ANY.getName());

        assertThat(loaded).isNotSameAs(ANY);
        assertThat(loaded.getName()).isEqualTo(ANY.getName());
    }

    @Test
    void theThreadThatMadeItRestsAfterAClass() throws Exception {
        long restNanos = TimeUnit.MILLISECONDS.toNanos(100);
        IsolatedLoader loader = new IsolatedLoader(jar, restNanos);

        long began = System.nanoTime();
        loader.loadClass(ANY.getName());

        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(restNanos);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void aGentleThreadOfTheAgentRestsAfterAClass() throws Exception {
        long restNanos = TimeUnit.MILLISECONDS.toNanos(100);
        IsolatedLoader loader = new IsolatedLoader(jar, restNanos);
        CompletableFuture<Long> took = new CompletableFuture<>();
        Runnable load = () -> {
            long began = System.nanoTime();
            load(loader);
            took.complete(System.nanoTime() - began);
        };

        AgentThread.gentle(load, "any").start();

        assertThat(took.get()).isGreaterThanOrEqualTo(restNanos);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void oneOfTheApplicationsThreadsDoesNot() throws Exception {
        IsolatedLoader loader = new IsolatedLoader(jar, TimeUnit.HOURS.toNanos(1));

        Class<?> loaded = CompletableFuture.supplyAsync(() -> load(loader)).get();

        assertThat(loaded.getClassLoader()).isSameAs(loader);
    }

    @Test
    void whatIsHeldNeedsNoJar() throws Exception {
        IsolatedLoader held = new IsolatedLoader(jar, IsolatedLoader.AT_ONCE);
        IsolatedLoader notHeld = new IsolatedLoader(jar, IsolatedLoader.AT_ONCE);
        held.run();
        try (FileChannel channel = FileChannel.open(jar.toPath(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }

        assertThat(held.loadClass(ANY.getName()).getClassLoader()).isSameAs(held);
        assertThatIllegalStateException()
                .isThrownBy(() -> notHeld.loadClass(ANY.getName()))
                .withMessageContaining("was it replaced?");
    }

    /** What an agent holds lies in the application's heap. */
    @Test
    void nothingIsHeldThatTheAgentCannotReach() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.memlock");
        Set<String> reached = new TreeSet<>(Set.of("io.memlock.api", "io.memlock.bootstrap", "io.memlock.jna"));
        Set<JavaClass> seen = new HashSet<>();
        Deque<JavaClass> next =
                new ArrayDeque<>(classes.that(JavaClass.Predicates.resideInAPackage("io.memlock.agent")));
        while (!next.isEmpty()) {
            JavaClass type = next.pop();
            if (seen.add(type) && type.getPackageName().startsWith("io.memlock.")) {
                reached.add(type.getPackageName());
                type.getDirectDependenciesFromSelf().forEach(dependency -> next.push(dependency.getTargetClass()));
            }
        }

        Set<String> others = new TreeSet<>();
        classes.forEach(type -> others.add(type.getPackageName()));
        others.removeAll(reached);
        assertThat(others.stream().map(name -> name.replace('.', '/') + "/"))
                .containsExactlyInAnyOrderElementsOf(IsolatedLoader.COMMAND_LINE);
    }

    @Test
    void loadsWhatRunsBeforeMainFromOneEntry() throws Exception {
        String name = ANY.getName().replace('.', '/');
        hideTogether(name, bytesOf(ANY).length);

        Class<?> loaded = new IsolatedLoader(jar, IsolatedLoader.AT_ONCE).loadClass(ANY.getName());

        assertThat(loaded).isNotSameAs(ANY);
        assertThat(loaded.getName()).isEqualTo(ANY.getName());
    }

    @Test
    void saysSoWhereThatEntryEndsTooEarly() throws Exception {
        hideTogether("a/Long", 1_000_000);

        assertThatIllegalStateException()
                .isThrownBy(() -> new IsolatedLoader(jar, IsolatedLoader.AT_ONCE))
                .withMessageContaining("start.classes", "was it replaced?");
    }

    /** A jar with the class under a name in the entry for those that run before main, and nothing else. */
    private void hideTogether(String name, int length) throws IOException {
        try (JarOutputStream jarOut = new JarOutputStream(Files.newOutputStream(jar.toPath()))) {
            jarOut.putNextEntry(new JarEntry("inst/start.classes"));
            DataOutputStream out = new DataOutputStream(jarOut);
            out.writeInt(Short.BYTES + name.length() + Integer.BYTES);
            out.writeUTF(name);
            out.writeInt(length);
            out.write(bytesOf(ANY));
            out.flush();
        }
    }

    private static byte[] bytesOf(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }

    private static Class<?> load(ClassLoader loader) {
        try {
            return loader.loadClass(ANY.getName());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
