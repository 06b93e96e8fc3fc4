// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** System calls of a JVM that runs, seen by strace from when this is started until it is asked what it saw. */
public final class Strace implements AutoCloseable {

    private final Path log;
    private final Process process;
    private final Capture messages;

    private Strace(Path log, Process process) {
        this.log = log;
        this.process = process;
        this.messages = new Capture(process.getErrorStream(), "stderr of strace");
    }

    /** Requires that there is strace, and that this user may trace. */
    public static void require() {
        Machine.require(
                Machine.isAdmin() && Machine.hasCommand("strace"), "needs strace and root, to see system calls");
    }

    /**
     * Begins to trace all threads of a process.
     *
     * @param pid the process
     * @param calls names of system calls, separated by commas
     */
    public static Strace attach(long pid, String calls) {
        try {
            Path log = Files.createTempFile("memlock-it-", ".strace");
            Process process = new ProcessBuilder(
                            "strace",
                            "-f",
                            "-y",
                            "--decode-pids=comm",
                            "-e",
                            "trace=" + calls,
                            "-o",
                            log.toString(),
                            "-p",
                            Long.toString(pid))
                    .start();
            Strace strace = new Strace(log, process);
            if (strace.messages.takeLine("strace: Process " + pid + " attached", ForkedJvm.TIMEOUT) == null) {
                strace.close();
                throw new AssertionError("strace did not attach to " + pid);
            }
            return strace;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while strace attached", e);
        }
    }

    /**
     * Ends the tracing.
     *
     * @return the calls of all threads but those whose name begins so: a line each, the files they are on written out
     */
    public List<String> callsExceptOf(String threadName) {
        end();
        try {
            List<String> calls = new ArrayList<>();
            for (String line : Files.readAllLines(log)) {
                if (!line.contains("<" + threadName)) {
                    calls.add(line);
                }
            }
            return calls;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end() {
        process.destroy(); // strace detaches and writes what it has
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while strace ended", e);
        }
    }

    @Override
    public void close() {
        end();
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
