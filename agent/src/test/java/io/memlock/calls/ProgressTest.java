// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final long GIB = 1L << 30;

    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final List<String> lines = new ArrayList<>();

    private Progress progress(LogLevel level) {
        return new Progress(new Log(new PrintStream(stderr, true, StandardCharsets.UTF_8), level));
    }

    @Test
    void tellsWhoeverWaitsSoonAndThenOnceASecond() {
        Progress progress = progress(LogLevel.DEBUG);
        progress.tell(lines::add);
        Progress.Work work = progress.new Work("locking", 16 * GIB, true, 0);

        work.done(GIB, Progress.FIRST_NANOS - 1);
        assertThat(lines).isEmpty();
        work.done(GIB, Progress.FIRST_NANOS);
        work.done(GIB, Progress.FIRST_NANOS + Progress.GAP_NANOS - 1);
        work.done(GIB, Progress.FIRST_NANOS + Progress.GAP_NANOS);

        assertThat(lines).containsExactly("locking: 2.0 GiB of 16.0 GiB", "locking: 4.0 GiB of 16.0 GiB");
        assertThat(stderr.size()).as("bytes in the log").isZero();
    }

    @Test
    void neverTellsOfMoreThanAll() {
        Progress progress = progress(LogLevel.INFO);
        progress.tell(lines::add);
        progress.new Work("prefault", GIB, false, 0).done(2 * GIB, Progress.FIRST_NANOS);

        assertThat(lines).containsExactly("prefault: 2.0 GiB of 2.0 GiB");
    }

    @Test
    void tellsTheLogWhereNobodyWaits() {
        Progress progress = progress(LogLevel.INFO);
        progress.tell(lines::add);
        progress.tell(null);

        progress.new Work("prefault", 2 * GIB, false, 0).done(GIB, Progress.FIRST_NANOS);
        progress.new Work("locking", 2 * GIB, true, 0).done(GIB, Progress.FIRST_NANOS);

        assertThat(lines).isEmpty();
        assertThat(stderr.toString(StandardCharsets.UTF_8)).endsWith(" [memlock] prefault: 1.0 GiB of 2.0 GiB\n");
    }
}
