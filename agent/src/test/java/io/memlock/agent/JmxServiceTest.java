// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.ClosedJdk;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.jmx.MemoryLockMXBean;
import io.memlock.keeper.Background;
import io.memlock.keeper.Growth;
import io.memlock.keeper.LockControl;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.process.OwnMetaspace;
import io.memlock.state.PrefaultState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JmxServiceTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int ALL = 1 + Region.values().length;

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Log log = new Log(new PrintStream(printed, true, UTF_8), process.options);
    private final JmxService service = service("java");
    private LockControl control;

    private JmxService service(String arguments) {
        String full = " 64 MB reserved, 16 MB committed\nMaxMetaspaceSize: 16 MB";
        OwnMetaspace metaspace = new OwnMetaspace(() -> arguments, command -> full, log);
        return new JmxService(
                new ClosedJdk().instrumentation(),
                process.options,
                log,
                kernel,
                FakeKernel.PAGE,
                () -> PrefaultState.NONE,
                metaspace);
    }

    @BeforeEach
    void lock() throws Exception {
        MemoryLock lock = process.newLock();
        lock.start(OptionParser.parse("mode=none"));
        Growth.Source none = () -> Growth.NONE;
        control = new Background(lock, process, kernel, log, (from, to) -> {}, process.options, none, List.of())
                .control();
    }

    @AfterEach
    void unregister() throws Exception {
        turnOff();
        assertThat(beans()).isZero();
    }

    private void turnOff() throws Exception {
        process.options.replaceBy(OptionParser.parse("jmx=off"));
        service.update(control, 0);
    }

    private int beans() throws Exception {
        return server.queryNames(new ObjectName("io.memlock:*"), null).size();
    }

    private long lines() {
        return printed.toString(UTF_8).lines().count();
    }

    @Test
    void registersTheBeansOnceMemoryIsThereAgain() throws Exception {
        process.onScan = () -> {
            throw new OutOfMemoryError("thrown by the test");
        };
        service.update(control, 0);
        assertThat(beans()).isZero();

        process.onScan = () -> {};
        service.update(control, SECOND);
        assertThat(beans()).isEqualTo(ALL);
    }

    @Test
    void loadsNoJmxWhileMetaspaceIsFull() throws Exception {
        service("-XX:MaxMetaspaceSize=16m").update(control, 0);

        assertThat(beans()).isZero();
    }

    @Test
    void saysOnceWhatGoesWrongAgainAndAgain() throws Exception {
        int[] scans = new int[1];
        process.onScan = () -> {
            scans[0]++;
            throw new OutOfMemoryError("thrown by the test");
        };
        for (int i = 0; i < 100; i++) {
            service.update(control, i * SECOND);
        }

        assertThat(scans[0]).as("each pause is twice as long as the one before").isBetween(5, 8);
        assertThat(lines()).isEqualTo(1);
        assertThat(printed.toString(UTF_8)).contains("the MXBean cannot be registered now", "thrown by the test");
    }

    @Test
    void registersTheBeansWhereNoScanCanBeMade() throws Exception {
        process.onScan = () -> {
            throw new IllegalStateException("thrown by the test");
        };
        service.update(control, 0);

        assertThat(beans()).isEqualTo(ALL);
        assertThat(lines()).isZero();
    }

    @Test
    void registersAllBeansThoughAListenerOfTheApplicationFails() throws Exception {
        NotificationListener listener = (notification, handback) -> {
            throw new AssertionError("thrown by the test");
        };
        server.addNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener, null, null);
        try {
            service.update(control, 0);
        } finally {
            server.removeNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener);
        }

        assertThat(beans()).isEqualTo(ALL);
        turnOff();
        assertThat(beans()).isZero();
    }

    /** Adds a listener that holds up each call which registers or unregisters a bean. */
    private NotificationListener holdingUpUntil(CountDownLatch released) throws InstanceNotFoundException {
        NotificationListener listener = (notification, handback) -> awaitUninterruptibly(released);
        server.addNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener, null, null);
        return listener;
    }

    /** They are ours all the same, and nothing of the application's is in the way when they are wanted again. */
    @Test
    void beansThatAListenerHeldUpAreThereAgainWhenTheyAreWanted() throws Exception {
        service.update(control, 0);
        CountDownLatch released = new CountDownLatch(1);
        NotificationListener listener = holdingUpUntil(released);
        try {
            turnOff();
            assertThat(printed.toString(UTF_8)).contains("cannot be unregistered", "a listener of the application");
            service.update(control, SECOND / 2);
            assertThat(lines()).as("no second try").isEqualTo(1);

            server.removeNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener);
            updateUntilReleased("jmx=on", released);
        } finally {
            released.countDown();
        }

        assertThat(beans()).isEqualTo(ALL);
        assertThat(lines()).isEqualTo(1);
    }

    /** Follows other options, which has to wait for the call that is held up. */
    private void updateUntilReleased(String options, CountDownLatch released) throws Exception {
        process.options.replaceBy(OptionParser.parse(options));
        Thread update = new Thread(() -> service.update(control, 2 * SECOND));
        update.start();
        while (update.isAlive() && update.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertThat(update.isAlive()).as("waits for the call that is held up").isTrue();
        released.countDown();
        update.join();
    }

    /** It may also be that the process was stopped meanwhile. */
    @Test
    void registersTheBeansAfterAListenerHasHeldUpTheFirst() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        NotificationListener listener = holdingUpUntil(released);
        try {
            service.update(control, 0);
            assertThat(printed.toString(UTF_8)).contains("cannot be registered now, which is tried again");
        } finally {
            letGo(listener, released);
        }

        service.update(control, 10 * SECOND);
        assertThat(beans()).isEqualTo(ALL);
    }

    @Test
    void unregistersTheBeanWhoseRegistrationAListenerHeldUp() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        NotificationListener listener = holdingUpUntil(released);
        try {
            service.update(control, 0);
            server.removeNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener);
            updateUntilReleased("jmx=off", released);
        } finally {
            released.countDown();
        }

        assertThat(beans()).isZero();
        process.options.replaceBy(OptionParser.parse("jmx=on"));
        service.update(control, 3 * SECOND);
        assertThat(beans()).isEqualTo(ALL);
    }

    /** They come when the listener lets go, however late that is. */
    @Test
    void triesAgainWhileAListenerHoldsUpTheCallBefore() throws Exception {
        service.update(control, 0);
        CountDownLatch released = new CountDownLatch(1);
        NotificationListener listener = holdingUpUntil(released);
        try {
            turnOff();
            process.options.replaceBy(OptionParser.parse("jmx=on"));
            service.update(control, SECOND);
            assertThat(printed.toString(UTF_8)).contains("tried again", "holds up this call or an earlier one");
        } finally {
            letGo(listener, released);
        }

        service.update(control, 10 * SECOND);
        assertThat(beans()).isEqualTo(ALL);
    }

    private void letGo(NotificationListener listener, CountDownLatch released) throws Exception {
        server.removeNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener);
        released.countDown();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean isReleased = false;
        while (!isReleased) {
            try {
                latch.await();
                isReleased = true;
            } catch (InterruptedException e) {
                // a listener that does not let go
            }
        }
    }

    @Test
    void leavesABeanOfTheApplicationsAlone() throws Exception {
        ObjectName name = new ObjectName(MemoryLockMXBean.OBJECT_NAME);
        server.registerMBean(new StandardMBean(() -> {}, Runnable.class), name);
        service.update(control, 0);
        service.update(control, SECOND);
        assertThat(beans()).isEqualTo(1);

        server.unregisterMBean(name);
        service.update(control, 2 * SECOND);
        assertThat(beans()).isZero();
        assertThat(lines()).isEqualTo(1);
        assertThat(printed.toString(UTF_8)).contains("no MXBean, to leave the application's own alone");
    }
}
