// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Chooses its own {@code LogManager}: with {@code main} inside main as application servers do, otherwise by the
 * command line. Prints the class it got.
 */
public final class OwnLogManagerApp {

    private OwnLogManagerApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("main")) {
            System.setProperty("java.util.logging.manager", OwnLogManager.class.getName());
        }
        Logger.getLogger("own").fine("the first logger fixes the manager");
        System.out.println(LogManager.getLogManager().getClass().getName());
    }

    /** The manager of the application. */
    public static final class OwnLogManager extends LogManager {

        /** Called by the JDK. */
        public OwnLogManager() {}
    }
}
