// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NoticesTest {

    private final Notices notices = new Notices();

    @Test
    void repeatedUnlocksByOthersAreReportedEverMoreRarely() {
        for (int time = 1; time <= 100; time++) {
            notices.unlockedByOthers(time == 1 ? 1 : 3);
        }

        assertThat(notices.take()).hasSize(7).first().asString().endsWith("locked 1 segment again; the first time");
        for (int time = 101; time < 128; time++) {
            notices.unlockedByOthers(3);
        }
        assertThat(notices.take()).isEmpty();
        notices.unlockedByOthers(3);
        assertThat(notices.take()).singleElement().asString().endsWith("locked 3 segments again; 128 times so far");
    }

    @Test
    void eachNoticeIsHandedOutOnce() {
        notices.add("one");
        notices.add("two");

        assertThat(notices.take()).containsExactly("one", "two");
        assertThat(notices.take()).isEmpty();
    }
}
