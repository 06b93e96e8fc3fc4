// SPDX-License-Identifier: Apache-2.0
package io.memlock.attach;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/** Opens this JVM's agent properties. */
public final class AgentProperties {

    private static final String PACKAGE = "jdk.internal.vm";

    private AgentProperties() {}

    /**
     * Opens this JVM's agent properties.
     *
     * @param instrumentation the JVM's, which lets us into the package
     * @return live: what is set here is seen by whoever attaches
     * @throws ReflectiveOperationException if this JDK keeps them elsewhere
     */
    public static Properties ofThisJvm(Instrumentation instrumentation) throws ReflectiveOperationException {
        Module base = Object.class.getModule();
        Module ours = AgentProperties.class.getModule();
        instrumentation.redefineModule(base, Set.of(), Map.of(PACKAGE, Set.of(ours)), Map.of(), Set.of(), Map.of());
        Class<?> support = Class.forName(PACKAGE + ".VMSupport");
        return (Properties) support.getMethod("getAgentProperties").invoke(null);
    }
}
