// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AddressRangeTest {

    private static final long VSYSCALL = 0xffff_ffff_ff60_0000L;

    private final List<AddressRange> ranges =
            List.of(range(0x1000, 0x2000), range(0x2000, 0x3000), range(0x8000, 0x9000), range(VSYSCALL, VSYSCALL + 1));

    @Test
    void findsTheFirstThatEndsBehindAnAddress() {
        assertThat(AddressRange.firstEndingAfter(ranges, 0)).isZero();
        assertThat(AddressRange.firstEndingAfter(ranges, 0x1fff)).isZero();
        assertThat(AddressRange.firstEndingAfter(ranges, 0x2000)).isEqualTo(1);
        assertThat(AddressRange.firstEndingAfter(ranges, 0x3000)).isEqualTo(2);
    }

    @Test
    void knowsTheUpperHalfOfTheAddressSpace() {
        assertThat(AddressRange.firstEndingAfter(ranges, 0x9000)).isEqualTo(3);
        assertThat(AddressRange.firstEndingAfter(ranges, VSYSCALL)).isEqualTo(3);
        assertThat(AddressRange.firstEndingAfter(ranges, VSYSCALL + 1)).isEqualTo(4);
    }

    private static AddressRange range(long start, long end) {
        return new Segment(start, end, Region.OTHER, Evidence.NONE, null);
    }
}
