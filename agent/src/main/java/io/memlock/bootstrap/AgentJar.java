// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.security.CodeSource;

/** Finds the jar file this class was loaded from. */
final class AgentJar {

    private static final String JAR_SCHEME = "jar:";

    private AgentJar() {}

    /**
     * Locates the agent jar.
     *
     * @return an existing regular file
     * @throws IOException if the agent's classes do not come from a jar file, as when they were copied into another one
     */
    static File locate() throws IOException {
        URI location;
        try {
            location = location();
        } catch (URISyntaxException e) {
            throw new IOException("cannot tell where the agent jar is: " + e.getMessage(), e);
        }
        if (location == null) {
            throw new IOException(
                    "the agent's classes do not tell which jar they are from; use memlock-agent.jar as it was built");
        }
        try {
            File jar = new File(location);
            if (!jar.isFile()) {
                throw new IOException(jar + " is not a jar file; use memlock-agent.jar as it was built");
            }
            return jar;
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot open the agent jar at " + location, e);
        }
    }

    private static URI location() throws URISyntaxException {
        CodeSource source = codeSource();
        return source == null || source.getLocation() == null
                ? locationOfThisClass()
                : source.getLocation().toURI();
    }

    /** A security manager may keep a class from looking at its own domain. */
    private static CodeSource codeSource() {
        try {
            return AgentJar.class.getProtectionDomain().getCodeSource();
        } catch (SecurityException e) {
            return null;
        }
    }

    /**
     * Finds the jar by this class's own file, which every class may look for: on the boot class path there is no code
     * source.
     */
    private static URI locationOfThisClass() throws URISyntaxException {
        URL file = AgentJar.class.getResource("AgentJar.class");
        String text = file == null ? "" : file.toString();
        int end = text.indexOf("!/");
        return text.startsWith(JAR_SCHEME) && end > 0 ? new URI(text.substring(JAR_SCHEME.length(), end)) : null;
    }
}
