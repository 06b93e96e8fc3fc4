// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OwnMetaspaceTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final String LIMIT = "-XX:MaxMetaspaceSize=16m";

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Log log = new Log(new PrintStream(printed, true, UTF_8), LogLevel.INFO);

    private double committedMb;
    private int questions;

    private OwnMetaspace metaspace(String... flags) {
        return new OwnMetaspace(() -> "java\0" + String.join("\0", flags), this::report, log);
    }

    private String report(String command) throws IOException {
        questions++;
        if (committedMb < 0) {
            throw new IOException("thrown by the test");
        }
        return "Virtual space:\n     64.00 MB reserved,  " + committedMb + " MB ( 9%) committed,  1 nodes.\n"
                + "MaxMetaspaceSize: 16.00 MB\n";
    }

    @Test
    void asksNothingWithoutALimit() {
        committedMb = 16;

        assertThat(metaspace("-Xmx1g").hasRoom(0)).isTrue();
        assertThat(questions).isZero();
    }

    @Test
    void asksWhereALimitMayBeSomewhereElse() {
        committedMb = 16;

        assertThat(metaspace("@arguments").hasRoom(0)).isFalse();
        assertThat(metaspace("-XX:VMOptionsFile=options").hasRoom(0)).isFalse();
        assertThat(metaspace("-Dmail=a@b").hasRoom(0)).isTrue();
        assertThat(new OwnMetaspace(() -> null, this::report, log).hasRoom(0))
                .as("started by another program than the launcher")
                .isFalse();
    }

    @Test
    void warnsOnceAndAsksSeldomWhileThereIsLittleRoom() {
        OwnMetaspace metaspace = metaspace(LIMIT);
        committedMb = 13;
        assertThat(metaspace.hasRoom(0)).isTrue();

        committedMb = 15;
        for (int tenth = 0; tenth < 600; tenth++) {
            assertThat(metaspace.hasRoom(tenth * SECOND / 10)).isFalse();
        }

        assertThat(questions).isLessThan(12);
        assertThat(printed.toString(UTF_8)).containsOnlyOnce("NEARLY FULL").contains("1.0 MiB", "MaxMetaspaceSize");
    }

    @Test
    void findsThatClassesWereUnloaded() {
        OwnMetaspace metaspace = metaspace(LIMIT);
        committedMb = 15;
        assertThat(metaspace.hasRoom(0)).isFalse();

        committedMb = 4;
        assertThat(metaspace.hasRoom(2 * SECOND)).isTrue();
    }

    @Test
    void anUnknownRoomIsNoObstacle() {
        committedMb = -1;

        assertThat(metaspace(LIMIT).hasRoom(0)).isTrue();
    }
}
