// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.options.OptionException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar.toPath()));
                InputStream in = ANY.getResourceAsStream("/" + path + ".class")) {
            out.putNextEntry(new JarEntry("inst/" + path + ".classdata"));
            in.transferTo(out);
        }
    }

    @Test
    void loadsWhatIsHidden() throws Exception {
        Class<?> loaded = new IsolatedLoader(jar, IsolatedLoader.AT_ONCE).loadClass(ANY.getName());

        assertThat(loaded).isNotSameAs(ANY);
        assertThat(loaded.getName()).isEqualTo(ANY.getName());
    }

    @Test
    void oneOfOurThreadsRestsAfterAClass() throws Exception {
        long restNanos = TimeUnit.MILLISECONDS.toNanos(100);
        IsolatedLoader loader = new IsolatedLoader(jar, restNanos);
        Thread thread = Thread.currentThread();
        ClassLoader itsOwn = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            long began = System.nanoTime();
            loader.loadClass(ANY.getName());

            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(restNanos);
        } finally {
            thread.setContextClassLoader(itsOwn);
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void oneOfTheApplicationsThreadsDoesNot() throws Exception {
        IsolatedLoader loader = new IsolatedLoader(jar, TimeUnit.HOURS.toNanos(1));

        assertThat(loader.loadClass(ANY.getName()).getClassLoader()).isSameAs(loader);
    }
}
