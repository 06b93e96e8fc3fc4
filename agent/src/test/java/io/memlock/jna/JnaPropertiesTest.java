// SPDX-License-Identifier: Apache-2.0
package io.memlock.jna;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.Test;

class JnaPropertiesTest {

    @Test
    void hasItsOwnSetUpWhateverTheApplicationHasSet() {
        String before = System.setProperty("jna.protected", "true");
        try {
            assertThat(JnaProperties.getBoolean("jna.protected")).isFalse();
            assertThat(JnaProperties.getProperty("jna.encoding", "the default")).isEqualTo("the default");
            assertThat(JnaProperties.getBoolean("jna.nounpack")).isTrue();
            assertThat(JnaProperties.getProperty("jna.boot.library.path"))
                    .isEqualTo(System.getProperty("java.home") + "/lib");
        } finally {
            if (before == null) {
                System.clearProperty("jna.protected");
            } else {
                System.setProperty("jna.protected", before);
            }
        }
    }

    @Test
    void tellsWhatTheJvmIs() {
        assertThat(JnaProperties.getProperty("os.arch")).isEqualTo(System.getProperty("os.arch"));
        assertThat(JnaProperties.getProperty("memlock.test.none", "none")).isEqualTo("none");
    }

    @Test
    void leavesTheApplicationsPropertiesAlone() {
        Properties before = (Properties) System.getProperties().clone();
        JnaProperties.setProperty("jna.loaded", "true");
        assertThat(System.getProperties()).isEqualTo(before);
    }
}
