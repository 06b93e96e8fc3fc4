// SPDX-License-Identifier: Apache-2.0
package io.memlock.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AgentPropertiesTest {

    private final List<Object[]> asked = new ArrayList<>();

    /** Of a JVM that lets nobody in. */
    private final Instrumentation instrumentation = (Instrumentation) Proxy.newProxyInstance(
            Instrumentation.class.getClassLoader(),
            new Class<?>[] {Instrumentation.class},
            (proxy, method, arguments) -> {
                asked.add(arguments);
                return null;
            });

    @Test
    void asksForTheOnePackageAndForItselfAlone() {
        assertThatThrownBy(() -> AgentProperties.ofThisJvm(instrumentation))
                .as("the JVM did not open it")
                .isInstanceOf(IllegalAccessException.class);

        assertThat(asked).singleElement().satisfies(arguments -> assertThat(arguments)
                .containsExactly(
                        Object.class.getModule(),
                        Set.of(),
                        Map.of("jdk.internal.vm", Set.of(AgentProperties.class.getModule())),
                        Map.of(),
                        Set.of(),
                        Map.of()));
    }
}
