// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.IOException;
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
        int exitStatus = 0;
        try {
            if (atStart && JdkTool.isRunning()) {
                return;
            }
            if (atStart) {
                if (running == null) {
                    IsolatedLoader loader = new IsolatedLoader(AgentJar.locate(), IsolatedLoader.AT_ONCE);
                    running = create(loader, instrumentation, startNanos);
                }
                exitStatus = running.start(options);
            } else {
                attach(options, instrumentation, startNanos);
            }
        } catch (Throwable failure) { // whatever it is, the application must start
            report(failure);
        }
        if (exitStatus != 0) {
            System.exit(exitStatus);
        }
    }

    private static void attach(String options, Instrumentation instrumentation, long startNanos)
            throws IOException, ReflectiveOperationException {
        Thread thread = Thread.currentThread();
        ClassLoader itsOwn = thread.getContextClassLoader();
        try {
            if (running == null) {
                IsolatedLoader loader = new IsolatedLoader(AgentJar.locate(), IsolatedLoader.GENTLY_NANOS);
                thread.setContextClassLoader(loader);
                running = create(loader, instrumentation, startNanos);
            }
            running.attach(options);
        } finally {
            thread.setContextClassLoader(itsOwn);
        }
    }

    private static Agent create(IsolatedLoader loader, Instrumentation instrumentation, long startNanos)
            throws ReflectiveOperationException {
        Class<?> factory = loader.loadClass(FACTORY);
        return ((Agent.Factory) factory.getConstructor().newInstance()).create(instrumentation, startNanos);
    }

    @SuppressWarnings("SystemOut") // the only place there is, this early
    private static void report(Throwable failure) {
        System.err.println(
                "[memlock] NOT LOCKED: the agent could not start; the application runs on without it. Cause: "
                        + failure);
    }
}
