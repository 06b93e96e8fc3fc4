// SPDX-License-Identifier: Apache-2.0
package io.memlock.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdTest {

    @Test
    void readsBoundsInTheUnitOfEach() {
        assertThat(Threshold.share("99.5:95%")).isEqualTo(new Threshold(0.995, 0.95));
        assertThat(Threshold.bytes("0:64m")).isEqualTo(new Threshold(0, 64 << 20));
        assertThat(Threshold.seconds("1500ms:2m")).isEqualTo(new Threshold(1.5, 120));
    }

    @Test
    void readsBytesAsDecimalsOfAnySize() {
        assertThat(Threshold.bytes("08m:010M")).isEqualTo(new Threshold(8 << 20, 10 << 20));
        assertThat(Threshold.bytes("16777216t").warning()).isEqualTo(Math.pow(2, 64));
        assertThat(Threshold.bytes("7:5k")).isEqualTo(new Threshold(7, 5 << 10));
        assertThat(Threshold.bytes("0:1073741824")).isEqualTo(new Threshold(0, 1 << 30));
        assertThat(Threshold.bytes("9223372036854775807").warning()).isEqualTo(Long.MAX_VALUE);
        assertThat(Threshold.bytes("3g")).isEqualTo(new Threshold(3L << 30, Double.NaN));
    }

    @Test
    void eitherBoundMayBeLeftOut() {
        assertThat(Threshold.share("90")).isEqualTo(new Threshold(0.9, Double.NaN));
        assertThat(Threshold.share("90:")).isEqualTo(new Threshold(0.9, Double.NaN));
        assertThat(Threshold.share(":90")).isEqualTo(new Threshold(Double.NaN, 0.9));
        assertThat(Threshold.share(":90").ofLeast(0.95)).isEqualTo(Level.OK);
        assertThat(Threshold.share("90").ofLeast(0)).isEqualTo(Level.WARNING);
    }

    @Test
    void aBoundItselfIsWithin() {
        Threshold coverage = Threshold.share("99:90");
        assertThat(coverage.ofLeast(0.99)).isEqualTo(Level.OK);
        assertThat(coverage.ofLeast(0.98)).isEqualTo(Level.WARNING);
        assertThat(coverage.ofLeast(0.9)).isEqualTo(Level.WARNING);
        assertThat(coverage.ofLeast(0.89)).isEqualTo(Level.CRITICAL);
        Threshold age = Threshold.seconds("10s:1m");
        assertThat(age.ofMost(10)).isEqualTo(Level.OK);
        assertThat(age.ofMost(60)).isEqualTo(Level.WARNING);
        assertThat(age.ofMost(61)).isEqualTo(Level.CRITICAL);
        assertThat(age.ofMost(-1)).isEqualTo(Level.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | '': it takes WARN:CRIT, WARN or :CRIT, where both are percentages from 0 to 100, as in 99.5:95",
                ":  | ':': it takes WARN:CRIT",
                "99:90:1 | '99:90:1': it takes WARN:CRIT",
                "101:90 | '101': it takes percentages from 0 to 100",
                "99:-1 | '-1': it takes percentages",
                "NaN | 'NaN': it takes percentages",
                "90:99 | '90:99': the critical coverage must not be above the warning coverage"
            })
    void saysWhatIsWrongWithPercents(String text, String message) {
        assertThatThrownBy(() -> Threshold.share(text)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"1q", "-1", "99999999999999999999", "64m:1k", "0x10"})
    void refusesBytesThatAreNone(String text) {
        assertThatThrownBy(() -> Threshold.bytes(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text.replaceFirst("^(\\d+q).*", "$1"));
    }

    @Test
    void refusesTimesThatAreNone() {
        assertThatThrownBy(() -> Threshold.seconds("10")).hasMessageContaining("age '10' needs a unit");
        assertThatThrownBy(() -> Threshold.seconds("1m:10s")).hasMessageContaining("below the warning bound");
    }
}
