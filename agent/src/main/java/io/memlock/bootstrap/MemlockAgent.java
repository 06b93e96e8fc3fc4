// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.IOException;
import java.lang.instrument.Instrumentation;

/**
 * Receives the JVM's calls: {@code premain} for {@code -javaagent}, {@code agentmain} for an attach. It lets no
 * exception out of either, because an exception out of {@code premain} would abort the JVM with a core.
 */
public final class MemlockAgent {

    private static final String ON_FAILURE = "on-failure=";

    private MemlockAgent() {}

    /**
     * Called by the JVM before {@code main}.
     *
     * @param options the text after {@code =} in {@code -javaagent:memlock-agent.jar=…}, or null
     */
    public static void premain(String options, Instrumentation instrumentation) {
        int status = launch(options, instrumentation, true);
        if (status != 0) {
            exit(status);
        }
    }

    /**
     * Called by the JVM when the agent is loaded into it while it runs.
     *
     * @param options the options text, or null
     */
    public static void agentmain(String options, Instrumentation instrumentation) {
        launch(options, instrumentation, false);
    }

    private static int launch(String options, Instrumentation instrumentation, boolean atStart) {
        boolean isExitWanted = false;
        boolean isRunning = false;
        try {
            isExitWanted = atStart && isExitWanted(options); // first: later there may be no memory for the question
            isRunning = Launcher.isRunning();
            return Launcher.launch(options, instrumentation, atStart);
        } catch (Throwable failure) { // whatever it is, the application must start
            if (isRunning) {
                reportNotTaken(failure);
                return 0;
            }
            report(failure, isExitWanted);
            return isExitWanted ? Agent.EXIT_NOT_LOCKED : 0;
        }
    }

    private static boolean isExitWanted(String options) {
        try {
            return isExitWanted(options, System.getenv("MEMLOCK_OPTIONS"));
        } catch (SecurityException refused) { // by a policy that grants the agent nothing
            return isExitWanted(options, null);
        }
    }

    /** Reads this one option where the parser could not be reached: the argument's goes before the environment's. */
    static boolean isExitWanted(String options, String variable) {
        String given = onFailure(options);
        return "exit".equals(given == null ? onFailure(variable) : given);
    }

    /** Returns the option's value; null if it is not given. A list of paths in braces may contain anything. */
    private static String onFailure(String options) {
        int at = options == null ? -1 : options.indexOf(ON_FAILURE);
        while (at >= 0) {
            boolean begins = at == 0 || options.charAt(at - 1) == ',' || Character.isWhitespace(options.charAt(at - 1));
            if (begins && options.lastIndexOf('{', at) <= options.lastIndexOf('}', at)) {
                int comma = options.indexOf(',', at);
                return options.substring(at + ON_FAILURE.length(), comma < 0 ? options.length() : comma)
                        .strip();
            }
            at = options.indexOf(ON_FAILURE, at + 1);
        }
        return null;
    }

    @SuppressWarnings("SystemExitOutsideMain") // a bad option at start ends the JVM as a bad -XX flag does
    private static void exit(int status) {
        try {
            System.exit(status);
        } catch (Throwable refused) {
            print(
                    StandardError.ERROR,
                    "the JVM goes on, although it should end with status 77 or 1: its security manager refuses to exit");
        }
    }

    private static void report(Throwable failure, boolean exits) {
        try {
            print(
                    StandardError.ERROR,
                    "NOT LOCKED: the agent could not start; "
                            + (exits ? Agent.ENDS : "the application runs on without it")
                            + ". Cause: " + failure + (failure instanceof SecurityException ? permissions() : ""));
        } catch (Throwable another) { // no memory to put a text together
            reportInShort();
        }
    }

    /** Says that the agent which is there has not taken a request, or a second {@code -javaagent}. */
    private static void reportNotTaken(Throwable failure) {
        String text = "the request was not taken; the agent goes on as before";
        try {
            text += ". Cause: " + failure;
        } catch (Throwable another) {
            // No memory for the cause.
        }
        print(StandardError.WARN, text);
    }

    private static void reportInShort() {
        try {
            print(StandardError.ERROR, "NOT LOCKED: the agent could not start, and the reason is not known");
        } catch (Throwable failure) {
            // No memory even for that text.
        }
    }

    private static String permissions() throws IOException {
        return "\n  to fix:  in its policy: grant codeBase \""
                + AgentJar.locate().toURI() + "\" { permission java.security.AllPermission; };";
    }

    @SuppressWarnings("SystemOut") // the only place there is, this early
    private static void print(String level, String text) {
        try {
            new StandardError(System.err).print(level, text);
        } catch (Throwable failure) {
            // Then it is not said. The application goes on.
        }
    }
}
