// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.endurance;

import io.memlock.it.faults.SystemCall;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.ProcTask;
import io.memlock.it.harness.Wrappers;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** Answers system calls that the agent of a JVM makes: at random not as they deserve, while told to. */
final class FaultyKernel implements AutoCloseable {

    private static final Set<SystemCall> CALLS = EnumSet.range(SystemCall.MLOCK, SystemCall.MADVISE);

    private static final int WAIT_MILLIS = 100;
    private static final long LONGEST_END_MILLIS = 10_000;
    private static final Answer[] ANSWERS = Answer.values();

    private final Listener listener;
    private final long pid;
    private final Random random = new Random();
    private final Thread thread = new Thread(this::answer, "faulty-kernel");
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger faults = new AtomicInteger();
    private final AtomicReference<Throwable> problem = new AtomicReference<>();
    private volatile double probability;
    private volatile boolean stopped;

    private FaultyKernel(Listener listener, long pid) {
        this.listener = listener;
        this.pid = pid;
        thread.setDaemon(true);
    }

    /** To be put in front of the JVM. */
    static List<String> wrapper() {
        return Wrappers.mainClass(
                ListenerLauncher.class, CALLS.stream().map(SystemCall::toString).collect(Collectors.joining("+")));
    }

    /** Begins to answer the calls of a JVM that was started with the {@link #wrapper}. */
    static FaultyKernel of(ForkedJvm jvm) {
        FaultyKernel kernel = new FaultyKernel(Listener.takeFrom(jvm), jvm.pid());
        kernel.thread.start();
        return kernel;
    }

    /** Answers so many of the agent's calls falsely from now on, from 0 for none to 1 for all. */
    void fail(double newProbability) {
        probability = newProbability;
    }

    /** How many of the agent's calls were answered falsely since faults began. */
    int faults() {
        if (problem.get() != null) {
            throw new AssertionError("answering failed", problem.get());
        }
        return faults.get();
    }

    private void answer() {
        try (listener) {
            while (!stopped) {
                if (listener.await(WAIT_MILLIS)) {
                    answerOne();
                }
            }
        } catch (RuntimeException | Error e) {
            problem.set(e);
        }
    }

    private void answerOne() {
        boolean isOurs = probability > 0
                && ProcTask.of(pid, listener.thread()).isAgents(); // HotSpot and the C library call, too
        calls.addAndGet(isOurs ? 1 : 0);
        if (isOurs && random.nextDouble() < probability) {
            faults.incrementAndGet();
            listener.answer(ANSWERS[random.nextInt(ANSWERS.length)].errno());
        } else {
            listener.carryOut();
        }
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(LONGEST_END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return faults + " faults in " + calls + " calls";
    }
}
