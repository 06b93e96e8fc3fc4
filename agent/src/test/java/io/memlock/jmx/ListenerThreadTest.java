// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListenerThreadTest {

    private final ListenerThread thread = new ListenerThread();
    private final NotificationBroadcasterSupport emitter = new NotificationBroadcasterSupport();
    private final List<Long> received = new CopyOnWriteArrayList<>();
    private final CountDownLatch isHeldUp = new CountDownLatch(1);
    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final CountDownLatch lastIsReceived = new CountDownLatch(1);

    /** A listener that is held up by the first notification, until {@link #goesOn}. */
    @BeforeEach
    void listen() throws InterruptedException {
        emitter.addNotificationListener(
                (notification, handback) -> {
                    isHeldUp.countDown();
                    await(goesOn);
                    received.add(notification.getSequenceNumber());
                    if (notification.getSequenceNumber() == 70) {
                        lastIsReceived.countDown();
                    }
                },
                null,
                null);
        send(1);
        isHeldUp.await();
    }

    private void send(long sequence) {
        thread.send(emitter, new Notification("type", "source", sequence));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void dropsTheOldestNotificationsIfAListenerIsHeldUp() throws Exception {
        for (int sequence = 2; sequence <= 70; sequence++) {
            send(sequence);
        }
        goesOn.countDown();

        assertThat(lastIsReceived.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(received).hasSize(65).startsWith(1L, 7L).endsWith(69L, 70L);
    }

    @Test
    void dropsNoRegistration() throws Exception {
        MBeanServer server = MBeanServerFactory.newMBeanServer();
        ObjectName name = new ObjectName("test:type=Bean");
        FutureTask<Void> registration = new FutureTask<>(() -> {
            thread.register(server, new StandardMBean(() -> {}, Runnable.class), name);
            return null;
        });
        for (int sequence = 2; sequence <= 70; sequence++) {
            send(sequence);
        }
        Thread registrar = new Thread(registration);
        registrar.start();
        while (registrar.isAlive() && registrar.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        for (int sequence = 2; sequence <= 70; sequence++) {
            send(sequence);
        }
        goesOn.countDown();
        registration.get();

        assertThat(server.isRegistered(name)).isTrue();
    }

    /** At the limit on threads: whoever notices a change tries again, and would send it once for each time. */
    @Test
    void whatNoThreadWasThereForIsNotSentLater() throws Exception {
        AtomicBoolean hasThreads = new AtomicBoolean();
        ListenerThread limited = new ListenerThread(work -> {
            if (!hasThreads.get()) {
                throw new OutOfMemoryError("unable to create native thread, says the test");
            }
            return new Thread(work);
        });
        goesOn.countDown();
        assertThatThrownBy(() -> limited.send(emitter, new Notification("type", "source", 2)))
                .isInstanceOf(OutOfMemoryError.class);
        hasThreads.set(true);

        limited.send(emitter, new Notification("type", "source", 70));

        assertThat(lastIsReceived.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(received).contains(70L).doesNotContain(2L);
    }
}
