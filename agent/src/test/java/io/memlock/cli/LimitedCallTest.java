// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.tools.attach.AttachNotSupportedException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LimitedCallTest {

    @Test
    void whatReturnsInTimeIsReturned() throws Exception {
        assertThat(LimitedCall.call(60, () -> "answer")).isEqualTo("answer");
    }

    @Test
    void whatIsThrownIsThrown() {
        assertThatExceptionOfType(AttachNotSupportedException.class)
                .isThrownBy(() -> LimitedCall.call(60, () -> {
                    throw new AttachNotSupportedException("no");
                }));
        assertThatIOException()
                .isThrownBy(() -> LimitedCall.call(60, () -> {
                    throw new OutOfMemoryError("too long an answer");
                }))
                .withMessageContaining("too long an answer");
    }

    @Test
    void whatNeverReturnsIsLeftBehind() {
        CountDownLatch never = new CountDownLatch(1);

        assertThatIOException()
                .isThrownBy(() -> LimitedCall.call(0, () -> {
                    never.await();
                    return null;
                }))
                .withMessageContaining("no answer");
    }
}
