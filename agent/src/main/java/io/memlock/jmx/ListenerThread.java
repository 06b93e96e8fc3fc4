// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectInstance;
import javax.management.ObjectName;

/**
 * Makes the calls that end in listeners of the application, on a thread on which nothing but classes of the JDK is below
 * them: a listener may hold its thread up for as long as it likes, and from a stack frame of ours {@code StackWalker} would
 * lead it to our class loader.
 */
final class ListenerThread {

    /** The time a registration may take. */
    private static final long SECONDS = 10;

    /** The calls that may wait. If there are more, the oldest notifications are dropped: the last one tells the state of now. */
    private static final int WAITING = 64;

    private final MethodHandles.Lookup lookup = MethodHandles.lookup();
    private final ThreadPoolExecutor thread;

    ListenerThread() {
        this(ListenerThread::thread);
    }

    ListenerThread(ThreadFactory threads) {
        thread = new ThreadPoolExecutor(0, 1, SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "memlock-jmx");
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        return thread;
    }

    /**
     * Registers a bean, which tells the listeners of the server.
     *
     * @throws JMException if the server refuses
     * @throws RuntimeException if a listener fails or holds it up, or the call fails: the bean may be registered all the same
     */
    void register(MBeanServer server, Object bean, ObjectName name) throws JMException {
        MethodHandle call = bound(
                MBeanServer.class,
                "registerMBean",
                MethodType.methodType(ObjectInstance.class, Object.class, ObjectName.class),
                server,
                bean,
                name);
        await(call, SECONDS);
    }

    /** Unregisters a bean, which tells the listeners of the server. */
    void unregister(MBeanServer server, ObjectName name) throws JMException {
        MethodHandle call = bound(
                MBeanServer.class,
                "unregisterMBean",
                MethodType.methodType(void.class, ObjectName.class),
                server,
                name);
        await(call, SECONDS);
    }

    /**
     * Sends a notification to the listeners of a bean, without waiting for them. What an error keeps from being sent is not
     * sent later.
     */
    void send(NotificationBroadcasterSupport emitter, Notification notification) {
        makeRoom();
        Sending sending = new Sending(bound(
                NotificationBroadcasterSupport.class,
                "sendNotification",
                MethodType.methodType(void.class, Notification.class),
                emitter,
                notification));
        try {
            thread.execute(sending);
        } catch (RuntimeException | Error e) { // it waits though there is no thread for it
            thread.remove(sending);
            throw e;
        }
    }

    private void makeRoom() {
        if (thread.getQueue().size() < WAITING) {
            return;
        }
        for (Runnable call : thread.getQueue()) {
            if (call instanceof Sending && thread.remove(call)) {
                return;
            }
        }
    }

    /** A notification that is to be sent. It has no method that could run below a listener. */
    private static final class Sending extends FutureTask<Object> {

        Sending(MethodHandle call) {
            super(callable(call));
        }
    }

    /**
     * Waits until the calls that were given up, because a listener held them up, are over: what they change is changed by then.
     *
     * @throws IllegalStateException if a listener still holds one up
     * @throws JMException never: this call asks no server
     */
    void awaitEarlierCalls() throws JMException {
        await(MethodHandles.constant(Object.class, null), 1); // whoever asks asks again
    }

    /** Returns whether a call was given up because a listener holds it up, or the process was stopped meanwhile. */
    static boolean isGivenUp(RuntimeException failure) {
        return failure.getCause() instanceof TimeoutException;
    }

    private MethodHandle bound(Class<?> type, String method, MethodType signature, Object target, Object... arguments) {
        try {
            MethodHandle handle = lookup.findVirtual(type, method, signature);
            return MethodHandles.insertArguments(handle.bindTo(target), 0, arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e); // all are in the JDK
        }
    }

    @SuppressWarnings("unchecked") // whatever it returns is an object
    private static Callable<Object> callable(MethodHandle call) {
        return MethodHandleProxies.asInterfaceInstance(Callable.class, call);
    }

    private void await(MethodHandle call, long seconds) throws JMException {
        FutureTask<?> task = new FutureTask<>(callable(call));
        try {
            thread.execute(task);
            task.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof JMException) {
                throw (JMException) e.getCause();
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            task.cancel(false); // nobody expects it any more, when the listener lets go
            throw new IllegalStateException("a listener of the application holds up this call or an earlier one", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
