// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.os.LibC;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LowPriorityTest {

    @TempDir
    private Path tasks;

    /** Niceness by thread. */
    private final Map<Integer, Integer> niceness = new TreeMap<>();

    private Runnable afterFirst = () -> {};

    @Test
    void takesEveryThread() throws IOException {
        thread(100, 0);
        thread(101, -5);

        lowPriority().take();

        assertThat(niceness).isEqualTo(Map.of(100, 10, 101, 10));
    }

    @Test
    void raisesNobody() throws IOException {
        thread(100, 15);

        lowPriority().take();

        assertThat(niceness).isEqualTo(Map.of(100, 15));
    }

    @Test
    void takesThreadsThatWereStartedMeanwhile() throws IOException {
        thread(100, 0);
        thread(101, 0);
        afterFirst = () -> thread(102, 0);

        lowPriority().take();

        assertThat(niceness).isEqualTo(Map.of(100, 10, 101, 10, 102, 10));
    }

    private void thread(int id, int nice) {
        try {
            Files.createDirectory(tasks.resolve(Integer.toString(id)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        niceness.put(id, nice);
    }

    private LowPriority lowPriority() {
        LibC libc = (LibC) Proxy.newProxyInstance(
                LibC.class.getClassLoader(), new Class<?>[] {LibC.class}, (proxy, method, args) -> {
                    if (method.getName().equals("getpriority")) {
                        return niceness.get(args[1]);
                    }
                    assertThat(method.getName()).isEqualTo("setpriority");
                    niceness.put((Integer) args[1], (Integer) args[2]);
                    Runnable next = afterFirst;
                    afterFirst = () -> {};
                    next.run();
                    return 0;
                });
        return new LowPriority(libc, tasks);
    }
}
