// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BytesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "1048575, 1023.9 KiB",
        "8388608, 8.0 MiB",
        "3221225472, 3.0 GiB"
    })
    void hasOneDecimalInBinaryUnits(long bytes, String text) {
        assertThat(Bytes.text(bytes)).isEqualTo(text);
        assertThat(Bytes.limit(bytes)).isEqualTo(text);
    }

    @Test
    void whatIsNotKnownIsNotUnlimited() {
        assertThat(Bytes.text(-1)).isEqualTo("unknown");
        assertThat(Bytes.limit(-1)).isEqualTo("unlimited");
    }

    @Test
    void namesEachRegionThatHasSomething() {
        Map<Region, Long> bytes = new EnumMap<>(Region.class);
        assertThat(Bytes.text(bytes)).isEmpty();

        bytes.put(Region.HEAP, 4L << 20);
        bytes.put(Region.CODE, 0L);
        bytes.put(Region.LIBS, 512L);
        assertThat(Bytes.text(bytes)).isEqualTo("heap 4.0 MiB, libs 512 B");
    }
}
