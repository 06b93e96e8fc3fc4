// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InProcessDiagnosticCommandsTest {

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
    void opensTheOnePackageToItselfAloneAndTellsThatTheJdkDidNotLetIt() {
        DiagnosticCommands commands = new InProcessDiagnosticCommands(instrumentation);

        assertThatThrownBy(() -> commands.execute("VM.flags"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("VM.flags: this JDK does not let us: ");

        assertThat(asked).singleElement().satisfies(arguments -> assertThat(arguments)
                .containsExactly(
                        ModuleLayer.boot().findModule("jdk.management").orElseThrow(),
                        Set.of(),
                        Map.of(),
                        Map.of("com.sun.management.internal", Set.of(getClass().getModule())),
                        Set.of(),
                        Map.of()));
    }
}
