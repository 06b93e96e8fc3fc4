// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemlockCommandTest {

    @Test
    void aCheckThatCannotBeMadeWarnsOfNoJvm() {
        assertThat(MemlockCommand.statusOfFailed(new String[] {"check", "4242"}))
                .isEqualTo(3);
        assertThat(MemlockCommand.statusOfFailed(new String[] {"status"})).isEqualTo(1);
        assertThat(MemlockCommand.statusOfFailed(new String[0])).isEqualTo(1);
    }
}
