// SPDX-License-Identifier: Apache-2.0
package io.memlock.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LockFailureTest {

    @Test
    void aFullHeapIsNoBugOfTheAgent() {
        LockFailure failure = LockFailure.ofTheAgent(new OutOfMemoryError("Java heap space"));

        assertThat(failure.answer()).contains("Java heap space");
        assertThat(failure.remedy()).contains("-Xmx").doesNotContain("bug");
    }

    @Test
    void whatNobodyExpectedIsToBeReported() {
        assertThat(LockFailure.ofTheAgent(new IllegalStateException("x")).remedy())
                .contains("bug in memlock-agent");
    }

    @Test
    void saysBelowToFixWhatLetsTheLibraryBeLoaded() {
        LockFailure failure =
                LockFailure.unavailable("no directory; tried\n    /tmp: cannot be written", "# give it one");

        assertThat(failure.text("NOT LOCKED")).endsWith("\n  to fix:  # give it one");
    }
}
