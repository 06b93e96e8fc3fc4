// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.os.LibC;
import io.memlock.os.Linux;
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

    private static final int SCHED_FIFO = 1;

    @TempDir
    private Path tasks;

    /** Niceness by thread. */
    private final Map<Integer, Integer> niceness = new TreeMap<>();

    /** Scheduling policy by thread. */
    private final Map<Integer, Integer> policies = new TreeMap<>();

    private Runnable afterFirst = () -> {};

    @Test
    void takesEveryThread() throws IOException {
        thread(100, 0);
        thread(101, -5);

        lowPriority().take();

        assertThat(niceness).isEqualTo(Map.of(100, 10, 101, 10));
        assertThat(policies).isEqualTo(Map.of(100, Linux.SCHED_BATCH, 101, Linux.SCHED_BATCH));
    }

    @Test
    void leavesAPolicySomebodyChose() throws IOException {
        thread(100, 0);
        policies.put(100, SCHED_FIFO);

        lowPriority().take();

        assertThat(policies).isEqualTo(Map.of(100, SCHED_FIFO));
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
        policies.put(id, Linux.SCHED_OTHER);
    }

    private LowPriority lowPriority() {
        LibC libc = (LibC) Proxy.newProxyInstance(
                LibC.class.getClassLoader(),
                new Class<?>[] {LibC.class},
                (proxy, method, args) -> answer(method.getName(), args));
        return new LowPriority(libc, tasks);
    }

    private Object answer(String call, Object[] args) {
        return switch (call) {
            case "getpriority" -> niceness.get(args[1]);
            case "sched_getscheduler" -> policies.get(args[0]);
            case "setpriority" -> {
                niceness.put((Integer) args[1], (Integer) args[2]);
                Runnable next = afterFirst;
                afterFirst = () -> {};
                next.run();
                yield 0;
            }
            case "sched_setscheduler" -> {
                assertThat((int[]) args[2]).containsExactly(0);
                policies.put((Integer) args[0], (Integer) args[1]);
                yield 0;
            }
            default -> throw new AssertionError("not asked for: " + call);
        };
    }
}
