// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import java.io.IOException;

/** Runs the JVM's diagnostic commands, as {@code jcmd PID help} lists them. */
public interface DiagnosticCommands {

    /**
     * Executes one.
     *
     * @param command for example {@code Compiler.codecache}
     * @return what it prints
     * @throws IOException if this JVM does not have it or does not let us
     */
    String execute(String command) throws IOException;
}
