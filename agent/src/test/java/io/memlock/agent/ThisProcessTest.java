// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import org.junit.jupiter.api.Test;

class ThisProcessTest {

    /** Whoever reads what the command printed would type a number that is nobody's by then, or somebody else's. */
    @Test
    void aCommandHasEndedWhenItsRemedyIsTyped() {
        ThisProcess command = new ThisProcess(new FakeKernel(), null, new Log(System.err, LogLevel.QUIET));

        assertThat(command.deployment().pid()).isZero();
    }
}
