// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JvmFlagsTest {

    @ParameterizedTest
    @CsvSource({
        "1024, 1024",
        "0x400, 1024",
        "1k, 1024",
        "1M, 1048576",
        "2g, 2147483648",
        "1T, 1099511627776",
        "lots, -1",
        "m, -1",
        "'', -1"
    })
    void readsSizesAsHotSpotDoes(String text, long bytes) {
        assertThat(new JvmFlags(List.of("-Xmx" + text)).heapMaxBytes()).isEqualTo(bytes);
    }

    @Test
    void ofTwoWaysToSayItTheLaterCounts() {
        JvmFlags flags = new JvmFlags(List.of("-Xmx1g", "-XX:MaxHeapSize=2g", "-Xmx"));

        assertThat(flags.heapMaxBytes()).isEqualTo(2L << 30);
    }
}
