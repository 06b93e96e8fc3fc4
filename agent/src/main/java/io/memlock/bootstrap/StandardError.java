// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/**
 * Prints lines on standard error, which may be a full pipe that nobody reads. It waits a second for a line to be
 * taken; after that nobody who prints waits, because the agent has to go on and the JVM to end.
 */
public final class StandardError {

    private static final String PREFIX = "[memlock] ";

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PrintStream stream;

    /** Prints a line that was waited for in vain; null if there is none. */
    private Thread stuck;

    private int lost;

    /** Prints on a stream: the JVM's standard error as it is at start, whatever the application sets later. */
    public StandardError(PrintStream stream) {
        this.stream = stream;
    }

    /**
     * Prints {@code [memlock]} and a message, in one call, so that lines of other threads do not come between.
     *
     * @param message of one line or more
     */
    public synchronized void print(String message) {
        if (stuck != null && stuck.isAlive()) {
            lost++;
            return;
        }
        String text = PREFIX.concat(message);
        if (lost > 0) {
            text = PREFIX + "messages lost because nobody read standard error: " + lost + System.lineSeparator() + text;
        }
        stuck = start(text);
        if (stuck != null) {
            await(stuck);
        }
        lost = 0;
    }

    private Thread start(String text) {
        try {
            Thread printer = new AgentThread(new Printing(stream, text), "memlock-stderr");
            printer.start();
            return printer;
        } catch (Throwable noThread) { // then the line is worth the risk
            stream.println(text);
            return null;
        }
    }

    private static void await(Thread printer) {
        long begin = System.nanoTime();
        boolean isInterrupted = false;
        long left = PATIENCE_NANOS;
        while (left > 0 && printer.isAlive()) {
            try {
                printer.join(TimeUnit.NANOSECONDS.toMillis(left) + 1);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
            left = begin + PATIENCE_NANOS - System.nanoTime();
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the thread does; no lambda, because a line may be printed before {@code main}. */
    private static final class Printing implements Runnable {

        private final PrintStream stream;
        private final String text;

        Printing(PrintStream stream, String text) {
            this.stream = stream;
            this.text = text;
        }

        @Override
        public void run() {
            stream.println(text);
        }
    }
}
