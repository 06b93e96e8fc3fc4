// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** All that comes out of a stream of a process, read as it comes so that the process never waits for us. */
final class Capture {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Thread reader;
    private boolean ended;
    private int linesTaken;

    Capture(InputStream stream, String name) {
        reader = new Thread(() -> read(stream), name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(InputStream stream) {
        byte[] buffer = new byte[8192];
        try (stream) {
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                synchronized (this) {
                    bytes.write(buffer, 0, n);
                    notifyAll();
                }
            }
        } catch (IOException closedWithTheProcess) {
            // What was read counts.
        } finally {
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }
    }

    /**
     * The next complete line that starts with a prefix, after those taken already; lines in between are passed over. A line
     * of the agent starts with {@code [memlock]}: what stands before that is left out.
     *
     * @return null if the stream ended or the time was up before one came
     */
    synchronized String takeLine(String prefix, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            String[] lines = text().split("\n", -1);
            // The last piece is not complete, or empty.
            while (linesTaken < lines.length - 1) {
                String line = AgentLine.textOf(lines[linesTaken++]);
                if (line.startsWith(prefix)) {
                    return line;
                }
            }
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (ended || leftMillis <= 0) {
                return null;
            }
            wait(leftMillis);
        }
    }

    synchronized String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Waits until everything was read. To be called when the process has ended. */
    void join(Duration timeout) throws InterruptedException {
        reader.join(timeout.toMillis());
    }
}
