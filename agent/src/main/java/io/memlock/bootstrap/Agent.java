// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandle;

/**
 * Represents the agent behind the private loader. It is the one type that both sides of the loader share, so that
 * calling the agent takes no reflection: from JDK 18 on the first reflective call of a kind costs a starting JVM
 * milliseconds (JEP 416).
 */
public interface Agent {

    /**
     * The status the JVM exits with where the promise cannot be kept and {@code on-failure=exit} is given: EX_NOPERM of
     * sysexits.h, because nearly always it is a permission that is missing.
     */
    int EXIT_NOT_LOCKED = 77;

    /** What to say before that. */
    String ENDS = "on-failure=exit: this JVM ends now, before main, with exit status " + EXIT_NOT_LOCKED;

    /**
     * Locks, on the thread that will run {@code main}.
     *
     * @param options the agent's options, or null
     * @return 0, or the status the JVM must exit with
     */
    int start(String options);

    /**
     * Says that a second {@code -javaagent} is ignored: the options of the first hold.
     *
     * @param options of the second, or null
     */
    void startAgain(String options);

    /**
     * Takes a request from whoever attached, and returns before it is carried out.
     *
     * @param request of the command line; or the agent's options, or null
     */
    void attach(String request);

    /**
     * Hands out the way by which {@code io.memlock.api} has ranges locked.
     *
     * @return as {@link RangeLocks#find} describes it; null as long as nothing can be locked
     */
    MethodHandle rangeLocks();

    /** Makes the agent. An implementation has a public constructor without arguments. */
    interface Factory {

        /**
         * Makes the agent of this JVM; does nothing yet.
         *
         * @param startNanos {@link System#nanoTime} when the JVM called the agent
         */
        Agent create(Instrumentation instrumentation, long startNanos);
    }
}
