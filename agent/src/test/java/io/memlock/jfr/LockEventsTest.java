// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.keeper.Background;
import io.memlock.keeper.Growth;
import io.memlock.keeper.LockControl;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.options.OptionParser;
import io.memlock.proc.ProcFs;
import io.memlock.reconcile.PassRelay;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockEventsTest {

    @TempDir
    private Path directory;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);

    /** As while the application has used up its descriptors, which makes the state UNKNOWN: that is to be seen. */
    @Test
    void theStateIsRecordedWhileProcCannotBeRead() throws Exception {
        process.areNumbersHidden = true;
        ProcFs hidden = new ProcFs(directory.toFile(), directory.toFile());
        Path file = directory.resolve("recording.jfr");
        LockEvents events = new LockEvents(control(), hidden, new PassRelay());
        try (Recording recording = new Recording()) {
            recording.enable("memlock.Status");
            recording.start();
            events.begin();
            recording.stop();
            recording.dump(file);
        } finally {
            events.end();
        }

        assertThat(RecordingFile.readAllEvents(file))
                .filteredOn(event -> event.getEventType().getName().equals("memlock.Status"))
                .isNotEmpty()
                .allSatisfy(LockEventsTest::chargedIsNotKnown);
    }

    private static void chargedIsNotKnown(RecordedEvent event) {
        assertThat(event.getString("state")).isEqualTo("UNLOCKED");
        assertThat(event.getLong("charged")).isEqualTo(-1);
    }

    private LockControl control() throws Exception {
        MemoryLock lock = process.newLock();
        lock.start(OptionParser.parse("mode=none"));
        Log log = new Log(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), LogLevel.INFO);
        return new Background(
                        lock, process, kernel, log, (from, to) -> {}, process.options, () -> Growth.NONE, List.of())
                .control();
    }
}
