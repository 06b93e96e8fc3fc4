// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UidMapTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'         0          0 4294967295\n' | false",
                "'         0       1000          1\n' | true",
                "'         0     100000      65536\n' | true",
                "'      1000          0 4294967295\n' | true",
                "'' | false",
                "'0 0' | false"
            })
    void tellsTheFirstNamespaceFromTheOthers(String text, boolean isOther) {
        assertThat(UidMap.isOfUserNamespace(text)).isEqualTo(isOther);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'         0          0 4294967295\n' | 0      | 0",
                "'         0       1000          1\n' | 1000   | 0",
                "'         0       1000          1\n' | 0      | -1",
                "'         0       1000          1\n         1     100000      65536\n' | 100033 | 34",
                "'         0       1000          1\n         1     100000      65536\n' | 165536 | -1",
                "'         0          0          x\n' | 0 | -1",
                "'' | 0 | -1"
            })
    void tellsWhoAUserIsInAnother(String text, long uid, long inside) {
        assertThat(UidMap.within(text, uid)).isEqualTo(inside);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'         0          0 4294967295\n' | 7      | 7",
                "'         0       1000          1\n' | 0      | 1000",
                "'         0       1000          1\n' | 1      | -1",
                "'         0       1000          1\n         1     100000      65536\n' | 34 | 100033",
                "'         0          0          x\n' | 0 | -1",
                "'' | 0 | -1"
            })
    void tellsWhoAUserIsOutside(String text, long uid, long outside) {
        assertThat(UidMap.outside(text, uid)).isEqualTo(outside);
    }
}
