// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.File;

/** The command line, {@code java -jar memlock-agent.jar COMMAND}: opens the private loader and hands over. */
public final class MemlockCommand {

    /** The class behind the private loader that takes over. */
    private static final String COMMAND_LINE = "io.memlock.cli.Main";

    private MemlockCommand() {}

    /**
     * Runs one command and ends the JVM with its exit status: 0 done, 1 no or failed, 2 usage.
     *
     * @param args the command and its arguments
     * @throws Exception if the agent jar cannot be opened
     */
    public static void main(String[] args) throws Exception {
        File jar = AgentJar.locate();
        IsolatedLoader loader = new IsolatedLoader(jar);
        Thread.currentThread().setContextClassLoader(loader);
        Object status = loader.loadClass(COMMAND_LINE)
                .getMethod("run", File.class, String[].class)
                .invoke(null, jar, args);
        System.exit((Integer) status);
    }
}
