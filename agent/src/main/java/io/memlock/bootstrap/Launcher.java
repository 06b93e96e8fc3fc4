// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.instrument.Instrumentation;
import java.util.jar.JarFile;

/** Starts the agent, or hands the request to the agent that already runs. */
final class Launcher {

    /** The class behind the private loader that takes over. */
    private static final String FACTORY = "io.memlock.agent.Memlock$Factory";

    /**
     * The way to the running agent, one per JVM: a second attach talks to it instead of starting another. It is
     * static, as are the next one and that of {@link RangeLocks}, because these classes are all that two attaches have in
     * common. A stream of the JDK's, because the application can read this field by reflection, but not the JDK's own:
     * its way ends here, and does not lead to our loader and the native access of what that has loaded.
     */
    private static PrintStream running;

    /**
     * Our own jar once this class was denied what it needs, and the one on the boot class path took over: from then on that
     * one is asked, and has {@link #running}.
     */
    private static File jarOfPrivileged;

    private Launcher() {}

    /** Returns whether there is an agent. A later failure leaves it as it is. */
    static synchronized boolean isRunning() {
        return running != null;
    }

    /** Asks the running agent, if there is one, to publish its locks of ranges. */
    static synchronized void askForRangeLocks() {
        if (running != null) {
            AgentStream.askForRangeLocks(running);
        }
    }

    /**
     * Starts the agent or asks it.
     *
     * @param atStart whether {@code main} has yet to run
     * @return 0, or the status the JVM must exit with
     * @throws Exception whatever keeps the agent from starting
     */
    static synchronized int launch(String options, Instrumentation instrumentation, boolean atStart) throws Exception {
        long startNanos = System.nanoTime();
        if (jarOfPrivileged == null) {
            try {
                return start(null, options, instrumentation, atStart, startNanos);
            } catch (SecurityException denied) {
                // It is about the application; who may start the JVM may give it an agent. From here on classes of ours
                // that were not loaded yet come from the boot class path, which may do everything.
                File jar = AgentJar.locate();
                instrumentation.appendToBootstrapClassLoaderSearch(new JarFile(jar));
                jarOfPrivileged = jar;
            }
        }
        return Privileged.launch(jarOfPrivileged, options, instrumentation, atStart, startNanos);
    }

    /** Starts the agent from a jar, or if that is null from the one this class is in. */
    static synchronized int start(
            File knownJar, String options, Instrumentation instrumentation, boolean atStart, long startNanos)
            throws IOException, ReflectiveOperationException {
        if (atStart && CommandLineTool.isOfTheJdk()) {
            return 0;
        }
        if (running != null) {
            AgentStream.write(running, options, atStart);
            return 0;
        }
        File jar = knownJar == null ? AgentJar.locate() : knownJar;
        if (atStart && CommandLineTool.isOurs(jar)) {
            return 0;
        }
        IsolatedLoader loader = new IsolatedLoader(jar, atStart ? IsolatedLoader.AT_ONCE : IsolatedLoader.GENTLY_NANOS);
        Object factory = loader.loadClass(FACTORY).getConstructor().newInstance();
        Agent agent = ((Agent.Factory) factory).create(instrumentation, startNanos);
        running = AgentStream.to(agent);
        if (atStart) {
            return agent.start(options);
        }
        agent.attach(options);
        return 0;
    }
}
