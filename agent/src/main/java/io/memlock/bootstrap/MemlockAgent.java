// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.lang.instrument.Instrumentation;

/** What the JVM calls: {@code premain} for {@code -javaagent}, {@code agentmain} for an attach. */
public final class MemlockAgent {

    /** The class behind the private loader that takes over. */
    private static final String FACTORY = "io.memlock.Memlock$Factory";

    /**
     * The running agent, one per JVM: a second attach talks to it instead of starting another. The only static state of
     * the project, because this class is all that two attaches have in common.
     */
    private static Agent running;

    private MemlockAgent() {}

    /**
     * Called by the JVM before {@code main}.
     *
     * @param options the text after {@code =} in {@code -javaagent:memlock-agent.jar=…}, or null
     * @param instrumentation the JVM's
     */
    public static void premain(String options, Instrumentation instrumentation) {
        start(options, instrumentation, true);
    }

    /**
     * Called by the JVM when the agent is loaded into it while it runs.
     *
     * @param options the options text, or null
     * @param instrumentation the JVM's
     */
    public static void agentmain(String options, Instrumentation instrumentation) {
        start(options, instrumentation, false);
    }

    @SuppressWarnings("SystemExitOutsideMain") // a bad option at start ends the JVM as a bad -XX flag does
    private static synchronized void start(String options, Instrumentation instrumentation, boolean atStart) {
        long startNanos = System.nanoTime();
        Thread thread = Thread.currentThread();
        ClassLoader itsOwn = thread.getContextClassLoader();
        int exitStatus = 0;
        try {
            if (atStart && JdkTool.isRunning()) {
                return;
            }
            if (running == null) {
                long restNanos = atStart ? IsolatedLoader.AT_ONCE : IsolatedLoader.GENTLY_NANOS;
                IsolatedLoader loader = new IsolatedLoader(AgentJar.locate(), restNanos);
                thread.setContextClassLoader(loader);
                Class<?> factory = loader.loadClass(FACTORY);
                running = ((Agent.Factory) factory.getConstructor().newInstance()).create(instrumentation, startNanos);
            }
            if (atStart) {
                exitStatus = running.start(options);
            } else {
                running.attach(options);
            }
        } catch (Throwable failure) { // whatever it is, the application must start
            report(failure);
        } finally {
            thread.setContextClassLoader(itsOwn);
        }
        if (exitStatus != 0) {
            System.exit(exitStatus);
        }
    }

    @SuppressWarnings("SystemOut") // the only place there is, this early
    private static void report(Throwable failure) {
        System.err.println(
                "[memlock] NOT LOCKED: the agent could not start; the application runs on without it. Cause: "
                        + failure);
    }
}
