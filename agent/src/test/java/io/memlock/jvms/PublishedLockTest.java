// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.PathGlob;
import io.memlock.state.LockState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM publishes whatever it likes. */
class PublishedLockTest {

    @Test
    void readsWhichFilesAreSelected() {
        assertThat(published("/data/{a,b+c}/**+/x").selectedFiles())
                .containsExactly(PathGlob.of("/data/{a,b+c}/**"), PathGlob.of("/x"));
        assertThat(published("/data/*").describe()).isEqualTo("heap+mapped (of mapped: /data/*)");
        assertThat(published("").selectedFiles()).isEmpty();
        assertThat(published("").describe()).isEqualTo("heap+mapped");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "+", "/a++/b", "/{", "/a\\", "/[", "\u001b[2J", "relative"})
    void whatCannotBeReadIsNotKnown(String files) {
        assertThat(published(files).selectedFiles()).isNull();
        assertThat(published(files).describe()).isEqualTo("heap+mapped (of mapped: some files)");
    }

    /** The text is the process's own: one that takes long to match, or all of the stack, is not read. */
    @Test
    void moreThanAnAgentWouldTakeIsNotRead() {
        assertThat(published("/" + "*".repeat(200_000)).selectedFiles()).isNull();
        assertThat(published("/" + "a".repeat(PathGlob.LONGEST)).selectedFiles())
                .isNull();
        assertThat(published("/" + "a".repeat(PathGlob.LONGEST - 1)).selectedFiles())
                .hasSize(1);
    }

    @Test
    void whatATerminalWouldObeyIsNotShownAsItIs() {
        assertThat(published("/a\u001b[2J").describe()).doesNotContain("\u001b");
        assertThat(published("/a\u001bc").describe()).isEqualTo("heap+mapped (of mapped: /a\\u001bc)");
    }

    private static PublishedLock published(String files) {
        return new PublishedLock(LockState.LOCKED, "heap+mapped", files, 1, 1, 0);
    }
}
