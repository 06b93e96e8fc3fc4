// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.keeper.LockControl;
import io.memlock.memory.Region;
import io.memlock.state.LockState;
import io.memlock.state.PrefaultState;
import io.memlock.tracking.OffHeap;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanNotificationInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.NotificationEmitter;
import javax.management.ObjectName;

/**
 * Registers the MXBeans as soon as the platform MBean server exists, and never creates that server: creating it initialises
 * {@code java.util.logging} and with it fixes the process's {@code LogManager}, which is the application's choice to make,
 * perhaps only in its {@code main}. Whoever wants to read an MXBean, in the process or by attaching, creates the server.
 */
public final class JmxRegistration {

    private final NotificationBroadcasterSupport emitter = new NotificationBroadcasterSupport(new MBeanNotificationInfo(
            new String[] {MemoryLockMXBean.STATE_CHANGED},
            Notification.class.getName(),
            "State changed; the user data is the new state"));
    private final ListenerThread listeners = new ListenerThread();
    private final List<Entry> entries = new ArrayList<>();
    private long sequence;

    /** An MBean, and whether it is registered, whoever changes that. */
    private static final class Entry {
        private final ObjectName name;
        private final DescribedMBean bean;
        private volatile boolean isThere;

        <T> Entry(String name, T bean, Class<T> type, LockView view, NotificationEmitter emitter) throws JMException {
            this.name = new ObjectName(name);
            this.bean = new DescribedMBean(bean, type, view, emitter, isNow -> isThere = isNow);
        }
    }

    /**
     * Creates the registration, which registers nothing yet.
     *
     * @param offHeap what the application allocates outside the heap
     * @param version the agent's
     * @param prefault tells how far prefault has come
     * @throws JMException never: all names are well formed
     */
    public JmxRegistration(
            LockControl control, OffHeap offHeap, long pageBytes, String version, Supplier<PrefaultState> prefault)
            throws JMException {
        LockView lockView = new LockView(control); // each bean has its own
        MemoryLockBean lock = new MemoryLockBean(control, lockView, offHeap, pageBytes, version, prefault);
        entries.add(new Entry(MemoryLockMXBean.OBJECT_NAME, lock, MemoryLockMXBean.class, lockView, emitter));
        for (Region region : Region.values()) {
            String name = RegionMXBean.OBJECT_NAME + region.optionName();
            LockView view = new LockView(control);
            NotificationEmitter silent = new NotificationBroadcasterSupport();
            entries.add(new Entry(name, new RegionBean(view, region), RegionMXBean.class, view, silent));
        }
    }

    /**
     * Registers the beans. If this fails for any other reason than the server's, the next call registers those that are
     * missing.
     *
     * @throws JMException if the server refuses, which is final; if it is because the application has a bean of such a name,
     *     nothing is registered
     */
    public void register() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        listeners.awaitEarlierCalls(); // one that unregisters a bean makes it missing only at its end
        for (Entry entry : entries) {
            if (!entry.isThere && server.isRegistered(entry.name)) {
                throw new InstanceAlreadyExistsException("the application has a bean of the name " + entry.name);
            }
        }
        for (Entry entry : entries) {
            if (!entry.isThere) {
                register(server, entry);
            }
        }
    }

    private void register(MBeanServer server, Entry entry) throws JMException {
        try {
            listeners.register(server, StandIn.of(entry.bean), entry.name);
        } catch (RuntimeException e) {
            entry.isThere = server.isRegistered(entry.name); // it is if only a listener of the application has failed
            if (!entry.isThere || ListenerThread.isGivenUp(e)) {
                throw e;
            }
        }
    }

    /**
     * Unregisters the beans, but for those that the application has unregistered. Clients that wait for an answer of a bean
     * still get it. If this fails for any other reason than the server's, the next call unregisters those that are left.
     *
     * @throws JMException if the server refuses, which is final
     */
    public void unregister() throws JMException {
        listeners.awaitEarlierCalls(); // one that registers a bean makes it known only at its end
        for (Entry entry : entries) {
            if (entry.isThere) {
                unregister(ManagementFactory.getPlatformMBeanServer(), entry);
            }
        }
    }

    private void unregister(MBeanServer server, Entry entry) throws JMException {
        try {
            listeners.unregister(server, entry.name);
        } catch (RuntimeException e) { // as above, it may be done all the same
            entry.isThere = server.isRegistered(entry.name);
            if (entry.isThere || ListenerThread.isGivenUp(e)) {
                throw e;
            }
        }
    }

    /**
     * Tells whether the platform MBean server exists. Takes a few microseconds, and loads a handful of classes of JMX; a
     * registration needs some three hundred, so it is made only then.
     *
     * @throws JMException never: the name is well formed
     */
    public static boolean canRegister() throws JMException {
        ObjectName runtime = null;
        for (MBeanServer server : MBeanServerFactory.findMBeanServer(null)) {
            if (runtime == null) {
                runtime = new ObjectName(ManagementFactory.RUNTIME_MXBEAN_NAME);
            }
            if (server.isRegistered(runtime)) {
                return true; // not one the application made for itself
            }
        }
        return false;
    }

    /** Sends a notification, without waiting for the listeners. Not thread-safe: notifications are numbered in their order. */
    public void stateChanged(LockState from, LockState to) {
        Notification notification = new Notification(
                MemoryLockMXBean.STATE_CHANGED, MemoryLockMXBean.OBJECT_NAME, ++sequence, from + " -> " + to);
        notification.setUserData(to.name());
        listeners.send(emitter, notification);
    }
}
