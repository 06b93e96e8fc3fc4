// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.memlock.options.OptionException;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class IsolatedLoaderTest {

    /** Any class will do that has none of ours above it. */
    private static final Class<?> ANY = OptionException.class;

    private static final String NAME = ANY.getName().replace('.', '/');

    @TempDir
    private Path directory;

    private File jar;

    @BeforeEach
    void hideAClass() throws IOException {
        jar = directory.resolve("agent.jar").toFile();
        hideTogether("agent.classes", NAME, bytesOf(ANY).length);
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
    void needsNoJarForClassesThatStoodBesideOneItHasRead() throws Exception {
        IsolatedLoader held = new IsolatedLoader(jar, IsolatedLoader.AT_ONCE);
        IsolatedLoader notHeld = new IsolatedLoader(jar, IsolatedLoader.AT_ONCE);
        held.getResourceAsStream("io/memlock/any.properties");
        try (FileChannel channel = FileChannel.open(jar.toPath(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }

        assertThat(held.loadClass(ANY.getName()).getClassLoader()).isSameAs(held);
        assertThatIllegalStateException()
                .isThrownBy(() -> notHeld.loadClass(ANY.getName()))
                .withMessageContaining("was it replaced?");
    }

    @Test
    void findsAResourceAmongTheClasses() throws Exception {
        hideTogether("agent.classes", "io/memlock/any.properties", 100);

        try (InputStream in =
                new IsolatedLoader(jar, IsolatedLoader.AT_ONCE).getResourceAsStream("io/memlock/any.properties")) {
            assertThat(in).hasBinaryContent(Arrays.copyOf(bytesOf(ANY), 100));
        }
    }

    @Test
    void loadsWhatRunsBeforeMainFromOneEntry() throws Exception {
        hideTogether("start.classes", NAME, bytesOf(ANY).length);

        Class<?> loaded = new IsolatedLoader(jar, IsolatedLoader.AT_ONCE).loadClass(ANY.getName());

        assertThat(loaded).isNotSameAs(ANY);
        assertThat(loaded.getName()).isEqualTo(ANY.getName());
    }

    @Test
    void saysSoWhereThatEntryEndsTooEarly() throws Exception {
        hideTogether("start.classes", "a/Long", 1_000_000);

        assertThatIllegalStateException()
                .isThrownBy(() -> new IsolatedLoader(jar, IsolatedLoader.AT_ONCE))
                .withMessageContaining("start.classes", "was it replaced?");
    }

    @Test
    void doesNotTryToTakeTheMemoryThatADamagedEntryAsksFor() throws Exception {
        hideTogether("start.classes", "a/Long", Integer.MAX_VALUE);

        assertThatIllegalStateException()
                .isThrownBy(() -> new IsolatedLoader(jar, IsolatedLoader.AT_ONCE))
                .withMessageContaining("start.classes", "was it replaced?");
    }

    @Test
    void readsAgainWhatCouldNotBeRead() throws Exception {
        IsolatedLoader loader = new IsolatedLoader(jar, IsolatedLoader.AT_ONCE);
        byte[] good = Files.readAllBytes(jar.toPath());
        byte[] bad = good.clone();
        int nameLength = new String(good, StandardCharsets.ISO_8859_1).indexOf(NAME) - Short.BYTES;
        bad[nameLength] = 100;
        writeInPlace(bad);
        assertThatIllegalStateException()
                .isThrownBy(() -> loader.loadClass(ANY.getName()))
                .withMessageContaining("agent.classes", "was it replaced?");

        writeInPlace(good);

        assertThat(loader.loadClass(ANY.getName()).getClassLoader()).isSameAs(loader);
    }

    private void writeInPlace(byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(jar.toPath(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes));
        }
    }

    @Test
    void findsTheClassesOfTheCommandLineBehindTheAgents() throws Exception {
        hideTogether("command.classes", NAME, bytesOf(ANY).length);

        assertThat(new IsolatedLoader(jar, IsolatedLoader.AT_ONCE).loadClass(ANY.getName()))
                .isNotSameAs(ANY);
    }

    @Test
    void saysSoWhereAnEntryIsMissing() throws Exception {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar.toPath()))) {
            hideNothing(out, "start.classes");
            hideNothing(out, "region.classes");
        }

        assertThatIllegalStateException()
                .isThrownBy(() -> new IsolatedLoader(jar, IsolatedLoader.AT_ONCE))
                .withMessage("inst/agent.classes is missing from the agent jar; use memlock-agent.jar as it was built");
    }

    /** A jar with the class under a name in one of the entries for classes, and nothing in the others. */
    private void hideTogether(String classes, String name, int length) throws IOException {
        try (JarOutputStream jarOut = new JarOutputStream(Files.newOutputStream(jar.toPath()))) {
            jarOut.setLevel(Deflater.NO_COMPRESSION);
            jarOut.putNextEntry(new JarEntry("inst/" + classes));
            DataOutputStream out = new DataOutputStream(jarOut);
            out.writeInt(Short.BYTES + name.length() + Integer.BYTES);
            out.writeUTF(name);
            out.writeInt(length);
            out.write(bytesOf(ANY));
            out.flush();
            for (String other : new String[] {"start.classes", "region.classes", "agent.classes", "command.classes"}) {
                if (!other.equals(classes)) {
                    hideNothing(jarOut, other);
                }
            }
        }
    }

    private static void hideNothing(JarOutputStream out, String classes) throws IOException {
        out.putNextEntry(new JarEntry("inst/" + classes));
        out.write(new byte[Integer.BYTES]);
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
