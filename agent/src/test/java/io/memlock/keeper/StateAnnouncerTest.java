// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateAnnouncerTest {

    private final FakeKernel kernel = new FakeKernel();
    private final MemoryLock lock = new FakeProcess(kernel).newLock();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<String> notified = new ArrayList<>();
    private boolean failsToLog;
    private boolean failsToNotify;
    private StateAnnouncer announcer;

    @BeforeEach
    void unlockAfterLocking() throws Exception {
        kernel.commit(Region.HEAP, 0x1000_0000L, 1 << 20);
        lock.start(OptionParser.parse("mode=heap,strategy=rescan"));
        Log log = new Log(new PrintStream(printed, true, UTF_8), () -> {
            failIf(failsToLog);
            return LogLevel.INFO;
        });
        announcer = new StateAnnouncer(lock, log, (from, to) -> {
            failIf(failsToNotify);
            notified.add(from + " -> " + to);
        });
        lock.unlock();
    }

    private static void failIf(boolean fails) {
        if (fails) {
            throw new OutOfMemoryError("thrown by the test");
        }
    }

    private void assertEachIsToldOnce() {
        announcer.announce();
        announcer.announce();

        assertThat(printed.toString(UTF_8)).containsOnlyOnce("state LOCKED -> UNLOCKED");
        assertThat(notified).containsExactly("LOCKED -> UNLOCKED");
    }

    @Test
    void aChangeIsToldOnce() {
        assertEachIsToldOnce();
    }

    @Test
    void whatCouldNotBeLoggedIsToldTheNextTime() {
        failsToLog = true;
        assertThatThrownBy(announcer::announce).isInstanceOf(OutOfMemoryError.class);
        failsToLog = false;

        assertEachIsToldOnce();
    }

    @Test
    void aListenerThatCouldNotBeToldIsToldTheNextTime() {
        failsToNotify = true;
        assertThatThrownBy(announcer::announce).isInstanceOf(OutOfMemoryError.class);
        failsToNotify = false;

        assertEachIsToldOnce();
    }
}
