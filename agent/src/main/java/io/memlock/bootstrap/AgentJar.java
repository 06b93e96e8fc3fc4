// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.security.CodeSource;

/** Finds the jar file this class was loaded from. */
final class AgentJar {

    private AgentJar() {}

    /**
     * The agent jar.
     *
     * @return an existing regular file
     * @throws IOException if the agent's classes do not come from a jar file, as when they were copied into another one
     */
    static File locate() throws IOException {
        CodeSource source = AgentJar.class.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            throw new IOException("the agent's classes have no code source; use memlock-agent.jar as it was built");
        }
        try {
            File jar = new File(source.getLocation().toURI());
            if (!jar.isFile()) {
                throw new IOException(jar + " is not a jar file; use memlock-agent.jar as it was built");
            }
            return jar;
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IOException("cannot open the agent jar at " + source.getLocation(), e);
        }
    }
}
