// SPDX-License-Identifier: Apache-2.0
package io.memlock.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.attach.AttachReply.State;
import io.memlock.attach.AttachRequest.Action;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ConversationTest {

    private final Properties properties = new Properties();
    private final ReplyBoard board = new ReplyBoard(properties);

    @Test
    void aRequestArrivesAsItWasMade() {
        AttachRequest lock = new AttachRequest("7-1", "0.1.0", Action.LOCK, "mode=heap+code,log=debug");
        AttachRequest unlock = new AttachRequest("7-2", "0.1.0", Action.UNLOCK, "");

        assertThat(AttachRequest.parse(lock.text())).isEqualTo(lock);
        assertThat(AttachRequest.parse(unlock.text())).isEqualTo(unlock);
    }

    @Test
    void optionsGivenByHandAreNoRequest() {
        assertThat(AttachRequest.parse(null)).isNull();
        assertThat(AttachRequest.parse("mode=all")).isNull();
    }

    @Test
    void aRequestOfAnotherVersionIsNotTakenForOptions() {
        assertThatThrownBy(() -> AttachRequest.parse("@memlock-2 id what ever"))
                .hasMessageContaining("does not understand");
        assertThat(AttachRequest.idIn("@memlock-2 id what ever")).isEqualTo("id");
        assertThat(AttachRequest.idIn("@memlock-2")).isNull();
        assertThat(AttachRequest.idIn("@other id")).isNull();
    }

    @Test
    void aReplyIsFoundByItsRequest() {
        board.reply("a", new AttachReply(State.RUNNING, ""));
        board.reply("b", new AttachReply(State.FAILED, "two\nlines"));

        assertThat(board.reply("a")).isEqualTo(new AttachReply(State.RUNNING, ""));
        assertThat(board.reply("b")).isEqualTo(new AttachReply(State.FAILED, "two\nlines"));
        assertThat(board.reply("c")).isNull();
    }

    @Test
    void repliesDoNotPileUp() {
        for (int i = 0; i < 100; i++) {
            board.reply("r" + i, new AttachReply(State.RUNNING, ""));
            board.reply("r" + i, new AttachReply(State.DONE, "done"));

            assertThat(properties).hasSizeLessThanOrEqualTo(ReplyBoard.KEPT + 1);
        }
    }

    @Test
    void aReplyWaitsForWhoeverAskedWhileOthersAsk() {
        board.reply("first", new AttachReply(State.RUNNING, ""));
        board.reply("first", new AttachReply(State.DONE, "done"));
        board.reply("second", new AttachReply(State.RUNNING, ""));

        assertThat(board.reply("first")).isEqualTo(new AttachReply(State.DONE, "done"));
    }
}
