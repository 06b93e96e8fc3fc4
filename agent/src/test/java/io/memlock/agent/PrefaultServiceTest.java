// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.options.AgentOptions;
import io.memlock.options.OptionParser;
import io.memlock.state.LockState;
import io.memlock.state.PrefaultState;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PrefaultServiceTest {

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();
    private final PrefaultService service =
            new PrefaultService(null, null, lock, process.options, new Log(System.err, LogLevel.QUIET));

    /** As after a pause of seconds: what was locked is, though nobody has verified it since. */
    @Test
    void isNotCalledNoneWhileNobodyVerifiesTheLock() throws Exception {
        kernel.commit(Region.CODE, 0x1000_0000, 1 << 20);
        AgentOptions options = OptionParser.parse("mode=code,prefault=code");
        assertThat(service.get()).isEqualTo(PrefaultState.NONE);
        lock.start(options);
        lock.intendsToLookEvery(TimeUnit.SECONDS.toNanos(1));
        assertThat(service.get()).isEqualTo(PrefaultState.DONE);

        process.passedNanos = TimeUnit.MINUTES.toNanos(1);

        assertThat(lock.status().state()).isEqualTo(LockState.UNKNOWN);
        assertThat(service.get()).isEqualTo(PrefaultState.DONE);
    }
}
