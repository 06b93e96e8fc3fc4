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
    void theLaterOfTwoFormsOfAFlagCounts() {
        JvmFlags flags = new JvmFlags(List.of("-Xmx1g", "-XX:MaxHeapSize=2g", "-Xmx"));

        assertThat(flags.heapMaxBytes()).isEqualTo(2L << 30);
    }

    @Test
    void theLaterOfAFlagGivenTwiceCounts() {
        JvmFlags flags = new JvmFlags(List.of("-XX:+UseG1GC", "-XX:-UseG1GC", "-XX:-UseZGC", "-XX:+UseZGC"));

        assertThat(flags.isOn("UseG1GC", true)).isFalse();
        assertThat(flags.isOn("UseZGC", false)).isTrue();
        assertThat(flags.isOn("UseSerialGC", true)).isTrue();
        assertThat(flags.isOn("UseSerialGC", false)).isFalse();
        assertThat(flags.mentions("UseG1GC")).isTrue();
        assertThat(flags.mentions("UseZGC")).isTrue();
        assertThat(flags.mentions("UseSerialGC")).isFalse();
    }

    @Test
    void tellsAnOptionFromALongerOne() {
        JvmFlags flags = new JvmFlags(List.of("-Xrsx", "-XX:Flags=a", "-XX:Flags=b"));

        assertThat(flags.has("-Xrs")).isFalse();
        assertThat(flags.has("-Xrsx")).isTrue();
        assertThat(flags.value("-XX:Flags=")).isEqualTo("b");
        assertThat(flags.value("-Xlog:")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "-Xss512k, 524288",
        "-XX:ThreadStackSize=512, 524288",
        "-Xss1m -XX:ThreadStackSize=512, 524288",
        "-XX:ThreadStackSize=512 -Xss1m, 1048576",
        "-Xss1m -XX:ThreadStackSize=0, 1048576",
        "-Xss1m -XX:ThreadStackSize=lots, 1048576",
        "-Xss1m -Xsslots, 1048576",
        "-Xmx1m, -1"
    })
    void readsTheStackOfAThreadInItsTwoUnits(String options, long bytes) {
        assertThat(new JvmFlags(List.of(options.split(" "))).stackBytes()).isEqualTo(bytes);
    }
}
