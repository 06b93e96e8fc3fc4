// SPDX-License-Identifier: Apache-2.0
package io.memlock.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.attach.AttachReply.State;
import io.memlock.attach.AttachRequest.Action;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationTest {

    private final Properties properties = new Properties();
    private final Replies board = new Replies(properties);

    @Test
    void aRequestArrivesAsItWasMade() {
        AttachRequest lock = new AttachRequest("7-1", Action.LOCK, "mode=heap+code,log=debug");
        AttachRequest unlock = new AttachRequest("7-2", Action.UNLOCK, "");

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@memlock-1 id 0.1.0 LOCK",
                "@memlock-1 id 0.1.0 EXPLODE mode=all",
                "@other id 0.1.0 LOCK mode=all"
            })
    void aRequestThatIsNotUnderstoodIsNeverTakenForOptions(String text) {
        assertThatThrownBy(() -> AttachRequest.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNoReplyIsNotTakenForOne() {
        properties.setProperty("io.memlock.reply.a", "DONE");
        properties.setProperty("io.memlock.reply.b", "MAYBE locked");

        assertThatThrownBy(() -> board.reply("a")).hasMessage("not a reply: DONE");
        assertThatThrownBy(() -> board.reply("b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theVersionThatRunsIsToldOnceAnAgentHasAnswered() {
        assertThat(board.version()).isNull();

        board.version("0.1.0");

        assertThat(new Replies(properties).version()).isEqualTo("0.1.0");
    }

    @Test
    void theVersionIsTheOneThatTheBuildWrote() {
        assertThat(Version.current()).matches("\\d+\\.\\d+\\.\\d+.*");
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

            assertThat(properties).hasSizeLessThanOrEqualTo(Replies.KEPT + 1);
        }
    }

    @Test
    void aReplyWaitsForWhoeverAskedWhileOthersAsk() {
        board.reply("first", new AttachReply(State.RUNNING, ""));
        board.reply("first", new AttachReply(State.DONE, "done"));
        board.reply("second", new AttachReply(State.RUNNING, ""));

        assertThat(board.reply("first")).isEqualTo(new AttachReply(State.DONE, "done"));
    }

    @Test
    void theLastRepliesStayForWhoeverAskedLate() {
        for (int i = 0; i < Replies.KEPT; i++) {
            board.reply("r" + i, new AttachReply(State.DONE, "done"));
        }

        board.reply("new", new AttachReply(State.RUNNING, ""));

        for (int i = 0; i < Replies.KEPT; i++) {
            assertThat(board.reply("r" + i)).as("r" + i).isNotNull();
        }
    }

    @Test
    void requestsInTheWorksAndWhatOthersLeaveOnTheBoardAreNeverForgotten() {
        properties.setProperty("com.sun.management.jmxremote.localConnectorAddress", "service:jmx:rmi://127.0.0.1");
        board.reply("slow", new AttachReply(State.RUNNING, "half"));

        for (int i = 0; i < 100; i++) {
            board.reply("r" + i, new AttachReply(State.FAILED, "no"));
        }

        assertThat(board.reply("slow")).isEqualTo(new AttachReply(State.RUNNING, "half"));
        assertThat(properties).containsKey("com.sun.management.jmxremote.localConnectorAddress");
    }

    /** All but the last line of a reply that takes long come in place of the one before. */
    @Test
    void progressReplacesProgressAndForgetsNothing() {
        for (int i = 0; i <= Replies.KEPT; i++) {
            board.reply("r" + i, new AttachReply(State.DONE, "done"));
        }
        board.reply("r0", new AttachReply(State.FAILED, "again"));

        assertThat(board.reply("r1")).isEqualTo(new AttachReply(State.DONE, "done"));
    }
}
