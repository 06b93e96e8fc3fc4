// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.keeper.Background;
import io.memlock.keeper.Growth;
import io.memlock.keeper.LockControl;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.state.LockState;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockViewTest {

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();

    /** Who reads several attributes may have to wait for one of them. */
    @Test
    void holdsTheLockOfOneMomentForItsReaderAlone() throws Exception {
        kernel.commit(Region.HEAP, 0x1000_0000L, 1 << 20);
        lock.start(OptionParser.parse("mode=heap,strategy=rescan"));
        LockView view = new LockView(control());
        view.hold();
        lock.unlock();

        assertThat(view.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(supplyAsync(() -> view.status().state()).get()).isEqualTo(LockState.UNLOCKED);
        view.letGo();
        assertThat(view.status().state()).isEqualTo(LockState.UNLOCKED);
    }

    private LockControl control() {
        Log log = new Log(System.err, LogLevel.QUIET);
        return new Background(
                        lock, process, kernel, log, (from, to) -> {}, process.options, () -> Growth.NONE, List.of())
                .control();
    }
}
