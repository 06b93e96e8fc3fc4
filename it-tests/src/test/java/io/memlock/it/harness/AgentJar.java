// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the things are that a JVM under test needs. */
public final class AgentJar {

    private AgentJar() {}

    /** The jar under test, as the build made it. */
    public static Path path() {
        String property = System.getProperty("memlock.agent.jar");
        if (property == null) {
            throw new AssertionError("no system property memlock.agent.jar; run the tests with mvn verify");
        }
        Path jar = Path.of(property).normalize();
        if (!Files.isRegularFile(jar)) {
            throw new AssertionError(jar + " does not exist; run the tests with mvn verify");
        }
        return jar;
    }

    /** The JVM flag that starts it. */
    public static String javaagent(String options) {
        return "-javaagent:" + path() + (options.isEmpty() ? "" : "=" + options);
    }

    /** The directory with the test applications. */
    public static Path testClasses() {
        return codeOf(AgentJar.class);
    }

    /** The jar or directory a class was loaded from. */
    public static Path codeOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
