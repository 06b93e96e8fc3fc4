// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/**
 * Prints lines on standard error, which may be a full pipe that nobody reads. It waits a second for a line to be taken.
 * After that no caller waits, so that the agent can go on and the JVM can end.
 */
public class StandardError {

    /** Levels, as log collectors know them. */
    public static final String ERROR = "ERROR";

    public static final String WARN = "WARN";
    public static final String INFO = "INFO";
    public static final String DEBUG = "DEBUG";

    private static final String NAME = " [memlock] ";

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long no other thread is started after one could not be. */
    private static final long WITHOUT_THREAD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final PrintStream stream;
    private final String process = processId();

    /** Prints a line that was waited for in vain; null if there is none. */
    private Thread stuck;

    private int lost;

    /** Whether the last thread could not be started, and when. HotSpot writes two lines on standard output for each. */
    private boolean isWithoutThread;

    private long noThreadNanos;

    /** Prints on a stream: the JVM's standard error as it is at start, whatever the application sets later. */
    public StandardError(PrintStream stream) {
        this.stream = stream;
        rehearse();
    }

    /**
     * Loads what a line needs, also where the first one comes late: by then somebody may have replaced the jar, or closed its
     * descriptor.
     */
    private void rehearse() {
        AgentThread.mayRunBesideMain();
        new Printing(stream, UtcTime.text(0));
    }

    /**
     * Prints a message in one call, so that lines of other threads do not come between. Before it come the time as in RFC
     * 3339, the level, the number of the process and {@code [memlock]}, in a form that log collectors parse: {@code
     * 2026-11-28T20:06:01.123Z INFO 1234 [memlock] locked 30 MiB}.
     *
     * @param level one of the levels above
     * @param message one line or several; each but the first begins with a blank
     */
    public synchronized void print(String level, String message) {
        if (stuck != null && stuck.isAlive()) {
            lost++;
            return;
        }
        String time = UtcTime.text(System.currentTimeMillis()) + " ";
        String text = time + level + process + NAME + message;
        if (lost > 0) {
            text = time + WARN + process + NAME + "messages lost because nobody read standard error: " + lost
                    + System.lineSeparator() + text;
        }
        stuck = start(text);
        if (stuck != null) {
            await(stuck);
        }
        lost = 0;
    }

    /** Returns a blank and the number of this process, "-" if it cannot be told. No class of the JDK is loaded for it. */
    private static String processId() {
        String name;
        try {
            name = new File("/proc/self").getCanonicalFile().getName();
        } catch (IOException | SecurityException e) {
            return " -";
        }
        return name.equals("self") ? " -" : " " + name; // the former where there is no /proc
    }

    private Thread start(String text) {
        if (!isWithoutThread || System.nanoTime() - noThreadNanos >= WITHOUT_THREAD_NANOS) {
            try {
                Thread printer = newThread(new Printing(stream, text));
                printer.start();
                isWithoutThread = false;
                return printer;
            } catch (Throwable noThread) {
                isWithoutThread = true;
                noThreadNanos = System.nanoTime();
            }
        }
        stream.println(text); // the line is worth the risk
        return null;
    }

    Thread newThread(Runnable printing) {
        return new AgentThread(printing, "memlock-stderr");
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
