// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdviceTest {

    @Test
    void whatHelpsAtOnceComesBeforeWhatRestartsTheProcess() {
        assertThat(new Advice("prlimit", "systemctl restart").text()).isEqualTo("prlimit\nsystemctl restart");
        assertThat(new Advice("prlimit", "").text()).isEqualTo("prlimit");
        assertThat(Advice.lasting("systemctl restart").text()).isEqualTo("systemctl restart");
    }

    @Test
    void moreLinesForLaterStartsFollowTheOthers() {
        assertThat(new Advice("prlimit", "systemctl restart").and("# or less").text())
                .isEqualTo("prlimit\nsystemctl restart\n# or less");
        assertThat(new Advice("prlimit", "").and("# or less").text()).isEqualTo("prlimit\n# or less");
        assertThat(Advice.lasting("systemctl restart").and("").text())
                .as("no line is left empty")
                .isEqualTo("systemctl restart");
    }
}
