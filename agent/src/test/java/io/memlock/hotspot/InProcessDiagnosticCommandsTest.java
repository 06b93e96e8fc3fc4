// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.ClosedJdk;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InProcessDiagnosticCommandsTest {

    private final ClosedJdk jdk = new ClosedJdk();

    @Test
    void opensTheOnePackageToItselfAloneAndTellsThatTheJdkDidNotLetIt() {
        DiagnosticCommands commands = new InProcessDiagnosticCommands(jdk.instrumentation());

        assertThatThrownBy(() -> commands.execute("VM.flags"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("VM.flags: this JDK does not let us: ");

        assertThat(jdk.asked()).singleElement().satisfies(arguments -> assertThat(arguments)
                .containsExactly(
                        ModuleLayer.boot().findModule("jdk.management").orElseThrow(),
                        Set.of(),
                        Map.of(),
                        Map.of("com.sun.management.internal", Set.of(getClass().getModule())),
                        Set.of(),
                        Map.of()));
    }
}
