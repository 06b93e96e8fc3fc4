// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.util.Set;

/** Runs the command line, {@code java -jar memlock-agent.jar COMMAND}: opens the private loader and hands over. */
public final class MemlockCommand {

    /** The class behind the private loader that takes over. */
    private static final String COMMAND_LINE = "io.memlock.cli.Main";

    /** The commands that act on another JVM, which should not notice that this one starts. */
    private static final Set<String> ACT_ON_JVM = Set.of("attach", "unlock");

    private static final int FAILED = 1;

    /** The status of a check that could not be made: to monitoring 1 would be a warning about a JVM. */
    private static final int UNKNOWN = 3;

    private MemlockCommand() {}

    /**
     * Runs one command and ends the JVM with its exit status: 0 done, 1 no or failed, 2 usage; those of {@code check} are
     * its own.
     *
     * @param args the command and its arguments
     */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        int status = statusOfFailed(args);
        try {
            status = run(args);
        } catch (LinkageError e) {
            System.err.println("the Java runtime in " + System.getProperty("java.home")
                    + " lacks something that this command needs" + " (missing: " + e.getMessage()
                    + "); run it with a JDK");
        } catch (Throwable e) {
            System.err.println("cannot run the command: " + e);
        }
        System.exit(status);
    }

    /** Returns the exit status of a command that could not even be run. */
    static int statusOfFailed(String[] args) {
        return args.length > 0 && args[0].equals("check") ? UNKNOWN : FAILED;
    }

    private static int run(String[] args) throws Throwable {
        File jar = AgentJar.locate();
        IsolatedLoader loader =
                new IsolatedLoader(jar, disturbsTarget(args) ? IsolatedLoader.GENTLY_NANOS : IsolatedLoader.AT_ONCE);
        Thread.currentThread().setContextClassLoader(loader);
        try {
            return (Integer) loader.loadClass(COMMAND_LINE)
                    .getMethod("run", File.class, String[].class)
                    .invoke(null, jar, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /**
     * Tells whether a command would disturb the JVM it acts on if it took all the CPU it can get.
     *
     * @param args the command and its arguments
     */
    public static boolean disturbsTarget(String[] args) {
        return args.length > 0 && ACT_ON_JVM.contains(args[0]);
    }
}
