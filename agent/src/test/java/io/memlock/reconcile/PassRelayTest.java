// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import org.junit.jupiter.api.Test;

class PassRelayTest {

    @Test
    void aListenerThatFailsIsToldNoMoreUntilItIsSetAgainAndNobodyNotices() {
        PassRelay relay = new PassRelay();
        int[] told = new int[1];
        PassListener failing = new PassListener() {
            @Override
            public void begins(Segment segment, boolean locks) {
                fail();
            }

            @Override
            public void ended(int errno) {
                fail();
            }

            @Override
            public void foundUnlocked(Segment segment, boolean isByOthers) {
                fail();
            }

            @Override
            public void passed(Selection selection, PassResult pass) {
                fail();
            }

            private void fail() {
                told[0]++;
                throw new OutOfMemoryError("a test");
            }
        };
        relay.tell(failing);
        assertThat(relay.tells(failing)).isTrue();

        relay.passed(Selection.NOTHING, PassResult.NONE);
        relay.begins(null, true);
        relay.ended(0);

        assertThat(told[0]).isEqualTo(1);
        assertThat(relay.tells(failing)).isFalse();
        relay.tell(failing);
        relay.ended(0);
        assertThat(told[0]).isEqualTo(2);
    }
}
