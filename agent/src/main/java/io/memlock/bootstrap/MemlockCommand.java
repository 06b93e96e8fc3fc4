// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.File;
import java.util.Set;

/** The command line, {@code java -jar memlock-agent.jar COMMAND}: opens the private loader and hands over. */
public final class MemlockCommand {

    /** The class behind the private loader that takes over. */
    private static final String COMMAND_LINE = "io.memlock.cli.Main";

    /** Commands that have something done in a JVM, which is not to feel that another JVM starts. */
    private static final Set<String> FELT = Set.of("attach", "unlock");

    private MemlockCommand() {}

    /**
     * Runs one command and ends the JVM with its exit status: 0 done, 1 no or failed, 2 usage.
     *
     * @param args the command and its arguments
     * @throws Exception if the agent jar cannot be opened
     */
    public static void main(String[] args) throws Exception {
        File jar = AgentJar.locate();
        IsolatedLoader loader =
                new IsolatedLoader(jar, isFelt(args) ? IsolatedLoader.GENTLY_NANOS : IsolatedLoader.AT_ONCE);
        Thread.currentThread().setContextClassLoader(loader);
        Object status = loader.loadClass(COMMAND_LINE)
                .getMethod("run", File.class, String[].class)
                .invoke(null, jar, args);
        System.exit((Integer) status);
    }

    /**
     * Whether another JVM would feel it if this one took all the CPU it can get.
     *
     * @param args the command and its arguments
     */
    public static boolean isFelt(String[] args) {
        return args.length > 0 && FELT.contains(args[0]);
    }
}
