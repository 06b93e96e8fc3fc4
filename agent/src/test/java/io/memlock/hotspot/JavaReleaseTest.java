// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaReleaseTest {

    @ParameterizedTest
    @CsvSource({
        "17.0.15, 17",
        "21, 21",
        "25-ea, 25",
        "26+5, 26",
        "1.8.0_402, 8",
        "1.8, 8",
        "1, 1",
        "1.x, 0",
        "x, 0",
        "'', 0"
    })
    void tellsTheFeatureRelease(String version, int release) {
        assertThat(JavaRelease.feature(version)).isEqualTo(release);
    }
}
