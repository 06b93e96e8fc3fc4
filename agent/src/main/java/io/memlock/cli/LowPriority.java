// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.NativeAccess;
import io.memlock.os.NativeUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * Lowers the priority of this command's own JVM in favour of the JVM that it is about to lock. A starting JVM keeps two
 * compilers busy for half a second. Where CPUs are few, an application's thread that wakes up then waits for
 * milliseconds, and one that runs is interrupted each time a compiler thread wakes up, unless that is
 * {@code SCHED_BATCH}.
 */
final class LowPriority {

    /** A tenth of what others get where CPUs are short: a thread that wakes up goes first, and this one still goes on. */
    static final int NICE = 10;

    private final LibC libc;
    private final Path tasks;

    /**
     * Prepares to lower the priority of this process.
     *
     * @param tasks {@code /proc/self/task}
     */
    LowPriority(LibC libc, Path tasks) {
        this.libc = libc;
        this.tasks = tasks;
    }

    /**
     * Lowers the priority of this process. Where that is refused, the command works as well.
     *
     * @return the C library that was opened for it; null if it cannot be called
     */
    static LibC takeForThisProcess() {
        LibC libc = null;
        try {
            libc = openUninterrupted();
            new LowPriority(libc, Path.of("/proc/self/task")).take();
        } catch (NativeUnavailableException | IOException | IllegalStateException e) { // the last: it is ending already
            // Kindness is lost, and without the C library more: then the command says so.
        }
        return libc;
    }

    /** Opens the C library. Ctrl-C waits for it: the native library is a file while it is loaded, and would stay behind. */
    private static LibC openUninterrupted() throws NativeUnavailableException {
        CountDownLatch opened = new CountDownLatch(1);
        Thread end = new Thread(() -> {
            try {
                opened.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(end);
        try {
            return NativeAccess.open(null);
        } finally {
            opened.countDown();
        }
    }

    /** Lowers the priority of all threads: on Linux priority and policy are a thread's, and those it starts inherit them. */
    void take() throws IOException {
        Set<String> done = new HashSet<>();
        while (done.addAll(lowered(done))) {
            // Until a look shows no thread that was started meanwhile by one that was not lowered yet.
        }
    }

    private List<String> lowered(Set<String> done) throws IOException {
        try (Stream<Path> entries = Files.list(tasks)) {
            List<String> others = entries.map(entry -> entry.getFileName().toString())
                    .filter(task -> !done.contains(task))
                    .toList();
            for (String task : others) {
                int thread = Integer.parseInt(task);
                if (libc.getpriority(Linux.PRIO_PROCESS, thread) < NICE) {
                    libc.setpriority(Linux.PRIO_PROCESS, thread, NICE);
                }
                if (libc.sched_getscheduler(thread) == Linux.SCHED_OTHER) { // otherwise somebody chose it
                    libc.sched_setscheduler(thread, Linux.SCHED_BATCH, new int[] {0});
                }
            }
            return others;
        }
    }
}
