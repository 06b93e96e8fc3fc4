// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.Test;

class PropertyGuardTest {

    private static final String NAME = "memlock.test.property";

    @Test
    void putsBackWhatItFoundAndWhatItDidNotFind() {
        Properties before = (Properties) System.getProperties().clone();
        System.setProperty(NAME, "the application's");
        try {
            try (PropertyGuard guard = new PropertyGuard()) {
                guard.set(NAME, "ours").set(NAME + ".new", "ours").set(NAME, null);
                assertThat(System.getProperty(NAME)).isNull();
                System.setProperty(NAME, "the library's");
            }
            assertThat(System.getProperty(NAME)).isEqualTo("the application's");
            assertThat(System.getProperty(NAME + ".new")).isNull();
        } finally {
            System.clearProperty(NAME);
        }
        assertThat(System.getProperties()).isEqualTo(before);
    }
}
