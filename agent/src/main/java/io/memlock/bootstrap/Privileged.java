// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.security.AccessController;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;

/**
 * Starts the agent in a JVM whose security manager grants the application's class path too few permissions. It is
 * loaded only there, and from the boot class path, whose classes have all permissions.
 */
@SuppressWarnings("removal") // JDK 24 ended the security manager; nothing is denied there, and this class not loaded
public final class Privileged implements PrivilegedExceptionAction<Integer> {

    /** JDK 24 ended the security manager (JEP 486). */
    public static final int FIRST_RELEASE_WITHOUT = 24;

    private final File jar;
    private final String options;
    private final Instrumentation instrumentation;
    private final boolean atStart;
    private final long startNanos;

    private Privileged(File jar, String options, Instrumentation instrumentation, boolean atStart, long startNanos) {
        this.jar = jar;
        this.options = options;
        this.instrumentation = instrumentation;
        this.atStart = atStart;
        this.startNanos = startNanos;
    }

    /**
     * Starts the agent or asks it, as {@link Launcher#launch} does. Public, as is this class: its caller has another loader.
     *
     * @return 0, or the status the JVM must exit with
     * @throws Exception whatever keeps the agent from starting
     */
    public static int launch(
            File jar, String options, Instrumentation instrumentation, boolean atStart, long startNanos)
            throws Exception {
        try {
            return AccessController.doPrivileged(new Privileged(jar, options, instrumentation, atStart, startNanos));
        } catch (PrivilegedActionException e) {
            throw e.getException();
        }
    }

    @Override
    public Integer run() throws Exception {
        return Launcher.start(jar, options, instrumentation, atStart, startNanos);
    }
}
