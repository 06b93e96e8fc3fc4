// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemlockAgentTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                ";; false",
                "on-failure=exit;; true",
                "mode=heap,on-failure=exit,log=debug;; true",
                "mode=heap; ' mode=heap,on-failure=exit\n'; true",
                "on-failure=warn; on-failure=exit; false",
                "mapped=/a/{x,on-failure=exit,y};; false",
                "mapped=/a/{x,on-failure=warn,y}; on-failure=exit; true",
                "mapped=/a/{x,y},on-failure=exit;; true",
                "on-failure=exits;; false"
            })
    void readsTheOneOptionThatCountsWithoutTheParser(String argument, String variable, boolean isExit) {
        assertThat(MemlockAgent.isExitWanted(argument, variable)).isEqualTo(isExit);
    }
}
