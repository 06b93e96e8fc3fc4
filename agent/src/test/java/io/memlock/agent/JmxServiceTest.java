// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.jmx.MemoryLockMXBean;
import io.memlock.keeper.Background;
import io.memlock.keeper.Growth;
import io.memlock.keeper.LockControl;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.options.CurrentOptions;
import io.memlock.options.OptionParser;
import io.memlock.state.PrefaultState;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JmxServiceTest {

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final Log log = new Log(new PrintStream(OutputStream.nullOutputStream()), LogLevel.QUIET);
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final CurrentOptions options = process.options;
    private final JmxService service = new JmxService(null, options, log, FakeKernel.PAGE, () -> PrefaultState.NONE);
    private LockControl control;

    @BeforeEach
    void startTheLock() throws Exception {
        MemoryLock lock = process.newLock();
        lock.start(OptionParser.parse("mode=none"));
        control = new Background(lock, process, kernel, log, (from, to) -> {}, options, () -> Growth.NONE, () -> {})
                .control();
    }

    @AfterEach
    void unregister() throws Exception {
        options.replaceBy(OptionParser.parse("jmx=off"));
        service.update(control);
    }

    @Test
    void registersTheBeanWhereTheScanBeforeItFails() throws Exception {
        process.onScan = () -> {
            throw new IndexOutOfBoundsException("thrown by the test");
        };

        service.update(control);

        assertThat(isRegistered()).isTrue();
    }

    /** A heap that is full now may have room at the next look. */
    @Test
    void triesAgainWhereThereWasNoMemoryForTheScan() throws Exception {
        AtomicReference<Error> failure = new AtomicReference<>(new OutOfMemoryError("thrown by the test"));
        process.onScan = () -> {
            Error now = failure.getAndSet(null);
            if (now != null) {
                throw now;
            }
        };

        assertThatThrownBy(() -> service.update(control)).isInstanceOf(OutOfMemoryError.class);
        service.update(control);

        assertThat(isRegistered()).isTrue();
    }

    private boolean isRegistered() throws Exception {
        return server.isRegistered(new ObjectName(MemoryLockMXBean.OBJECT_NAME));
    }
}
