// SPDX-License-Identifier: Apache-2.0
package io.memlock.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.ClosedJdk;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AgentPropertiesTest {

    private final ClosedJdk jdk = new ClosedJdk();

    @Test
    void asksForTheOnePackageAndForItselfAlone() {
        assertThatThrownBy(() -> AgentProperties.ofThisJvm(jdk.instrumentation()))
                .as("the JVM did not open it")
                .isInstanceOf(IllegalAccessException.class);

        assertThat(jdk.asked()).singleElement().satisfies(arguments -> assertThat(arguments)
                .containsExactly(
                        Object.class.getModule(),
                        Set.of(),
                        Map.of("jdk.internal.vm", Set.of(AgentProperties.class.getModule())),
                        Map.of(),
                        Set.of(),
                        Map.of()));
    }
}
