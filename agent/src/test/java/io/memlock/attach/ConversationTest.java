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
    private final Replies replies = new Replies(properties);

    @Test
    void aRequestArrivesAsItWasMade() {
        AttachRequest lock = new AttachRequest("7-1", Action.LOCK, "mode=heap+code,log=debug");
        AttachRequest unlock = new AttachRequest("7-2", Action.UNLOCK, "");

        assertThat(AttachRequest.isRequest(lock.text())).isTrue();
        assertThat(AttachRequest.parse(lock.text())).isEqualTo(lock);
        assertThat(AttachRequest.parse(unlock.text())).isEqualTo(unlock);
    }

    @Test
    void optionsGivenByHandAreNoRequest() {
        assertThat(AttachRequest.isRequest(null)).isFalse();
        assertThat(AttachRequest.isRequest("mode=all")).isFalse();
    }

    @Test
    void aRequestOfAnotherVersionIsNotTakenForOptions() {
        assertThat(AttachRequest.isRequest("@memlock-2 id what ever")).isTrue();
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
        assertThat(AttachRequest.isRequest(text)).isTrue();
        assertThatThrownBy(() -> AttachRequest.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNoReplyIsNotTakenForOne() {
        properties.setProperty("io.memlock.reply.a", "DONE");
        properties.setProperty("io.memlock.reply.b", "MAYBE locked");

        assertThatThrownBy(() -> replies.find("a")).hasMessage("not a reply: DONE");
        assertThatThrownBy(() -> replies.find("b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theVersionThatRunsIsToldOnceAnAgentHasAnswered() {
        assertThat(replies.version()).isNull();

        replies.leaveVersion("0.1.0");

        assertThat(new Replies(properties).version()).isEqualTo("0.1.0");
    }

    @Test
    void theVersionIsTheOneThatTheBuildWrote() {
        assertThat(Version.current()).matches("\\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void aReplyIsFoundByItsRequest() {
        replies.leave("a", new AttachReply(State.RUNNING, ""));
        replies.leave("b", new AttachReply(State.FAILED, "two\nlines"));

        assertThat(replies.find("a")).isEqualTo(new AttachReply(State.RUNNING, ""));
        assertThat(replies.find("b")).isEqualTo(new AttachReply(State.FAILED, "two\nlines"));
        assertThat(replies.find("c")).isNull();
    }

    @Test
    void repliesDoNotPileUp() {
        for (int i = 0; i < 100; i++) {
            replies.leave("r" + i, new AttachReply(State.RUNNING, ""));
            replies.leave("r" + i, new AttachReply(State.DONE, "done"));

            assertThat(properties).hasSizeLessThanOrEqualTo(Replies.KEPT + 1);
        }
    }

    @Test
    void aReplyWaitsForWhoeverAskedWhileOthersAsk() {
        replies.leave("first", new AttachReply(State.RUNNING, ""));
        replies.leave("first", new AttachReply(State.DONE, "done"));
        replies.leave("second", new AttachReply(State.RUNNING, ""));

        assertThat(replies.find("first")).isEqualTo(new AttachReply(State.DONE, "done"));
    }

    @Test
    void theLastRepliesStayForWhoeverAskedLate() {
        for (int i = 0; i < Replies.KEPT; i++) {
            replies.leave("r" + i, new AttachReply(State.DONE, "done"));
        }

        replies.leave("new", new AttachReply(State.RUNNING, ""));

        for (int i = 0; i < Replies.KEPT; i++) {
            assertThat(replies.find("r" + i)).as("r" + i).isNotNull();
        }
    }

    @Test
    void requestsInTheWorksAndWhatOthersLeaveInThePropertiesAreNeverForgotten() {
        properties.setProperty("com.sun.management.jmxremote.localConnectorAddress", "service:jmx:rmi://127.0.0.1");
        replies.leave("slow", new AttachReply(State.RUNNING, "half"));

        for (int i = 0; i < 100; i++) {
            replies.leave("r" + i, new AttachReply(State.FAILED, "no"));
        }

        assertThat(replies.find("slow")).isEqualTo(new AttachReply(State.RUNNING, "half"));
        assertThat(properties).containsKey("com.sun.management.jmxremote.localConnectorAddress");
    }

    /** All but the last line of a reply that takes long come in place of the one before. */
    @Test
    void progressReplacesProgressAndForgetsNothing() {
        for (int i = 0; i <= Replies.KEPT; i++) {
            replies.leave("r" + i, new AttachReply(State.DONE, "done"));
        }
        replies.leave("r0", new AttachReply(State.FAILED, "again"));

        assertThat(replies.find("r1")).isEqualTo(new AttachReply(State.DONE, "done"));
    }
}
