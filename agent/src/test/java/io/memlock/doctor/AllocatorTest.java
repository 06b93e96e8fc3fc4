// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static io.memlock.doctor.ExaminedJvmBuilder.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.doctor.Finding.Severity;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocatorTest {

    @ParameterizedTest
    @CsvSource({
        "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2,   mode=heap+native,       WARN",
        "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2,   mode=heap+native+other, OK",
        "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2,   mode=all,               OK",
        "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2,   mode=heap,              OK",
        "/opt/libmimalloc.so.2.0,                      mode=native,            WARN",
        "/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4,   mode=native,            OK",
        "/usr/lib/x86_64-linux-gnu/libc.so.6,          mode=native,            OK"
    })
    void memoryOfAnotherAllocatorIsNotNative(String library, String options, Severity severity) throws Exception {
        ExaminedJvm examined = new ExaminedJvmBuilder()
                .segment(Region.LIBS, 0x6100_0000L, MIB, "rx", library)
                .build();

        assertThat(Allocator.finding(examined, OptionParser.parse(options).selection())
                        .severity())
                .isEqualTo(severity);
    }
}
