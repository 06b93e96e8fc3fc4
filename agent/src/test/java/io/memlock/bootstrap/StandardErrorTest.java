// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class StandardErrorTest {

    private final CountDownLatch read = new CountDownLatch(1);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    /** A pipe that is full until somebody reads. */
    private final PrintStream pipe = new PrintStream(
            new OutputStream() {
                @Override
                public void write(int b) {
                    await();
                    written.write(b);
                }

                @Override
                public void write(byte[] bytes, int from, int length) {
                    await();
                    written.write(bytes, from, length);
                }

                private void await() {
                    try {
                        read.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            },
            true,
            StandardCharsets.UTF_8);

    /** Returns what was written, with words in place of what differs each time. */
    private String text() {
        return written.toString(StandardCharsets.UTF_8)
                .replaceAll("(?m)^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z ", "TIME ")
                .replace(" " + ProcessHandle.current().pid() + " ", " PID ");
    }

    @Test
    void printsWhileSomebodyReads() {
        read.countDown();

        new StandardError(pipe).print(StandardError.INFO, "one");

        assertThat(text()).isEqualTo("TIME INFO PID [memlock] one\n");
    }

    @Test
    void printsItsFirstLineThoughTheJarIsGoneByThen() throws Exception {
        read.countDown();
        String name = StandardError.class.getName();
        URL classes = StandardError.class.getProtectionDomain().getCodeSource().getLocation();
        URLClassLoader jar = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader());
        Class<?> type = jar.loadClass(name);
        Object stderr = type.getConstructor(PrintStream.class).newInstance(pipe);

        jar.close();
        type.getMethod("print", String.class, String.class).invoke(stderr, StandardError.WARN, "late");

        assertThat(text()).isEqualTo("TIME WARN PID [memlock] late\n");
    }

    @Test
    void waitsForNoReaderAndTellsHowManyLinesWereLost() throws InterruptedException {
        StandardError stderr = new StandardError(pipe);
        stderr.print(StandardError.INFO, "one");
        stderr.print(StandardError.INFO, "two");
        stderr.print(StandardError.INFO, "three");
        assertThat(written.size()).isZero();

        read.countDown();
        while (!written.toString(StandardCharsets.UTF_8).contains("four")) {
            stderr.print(StandardError.INFO, "four");
        }

        assertThat(text())
                .startsWith(
                        "TIME INFO PID [memlock] one\nTIME WARN PID [memlock] messages lost because nobody read standard error: ")
                .contains("\nTIME INFO PID [memlock] four\n")
                .doesNotContain("two");
    }

    @Test
    void triesNoOtherThreadAtOnceAfterOneCouldNotBeStarted() {
        read.countDown();
        AtomicInteger threads = new AtomicInteger();
        StandardError stderr = new StandardError(pipe) {
            @Override
            Thread newThread(Runnable printing) {
                threads.incrementAndGet();
                throw new OutOfMemoryError("unable to create native thread");
            }
        };

        stderr.print(StandardError.INFO, "one");
        stderr.print(StandardError.INFO, "two");

        assertThat(text()).isEqualTo("TIME INFO PID [memlock] one\nTIME INFO PID [memlock] two\n");
        assertThat(threads).hasValue(1);
    }

    @Test
    void keepsTheInterruptOfWhoPrints() {
        Thread.currentThread().interrupt();
        read.countDown();

        new StandardError(pipe).print(StandardError.INFO, "one");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(text()).isEqualTo("TIME INFO PID [memlock] one\n");
    }
}
