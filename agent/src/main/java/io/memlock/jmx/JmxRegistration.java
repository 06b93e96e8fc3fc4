// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.keeper.LockControl;
import io.memlock.state.LockState;
import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanNotificationInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;

/**
 * Registers the MXBean as soon as the platform MBean server exists, and never creates that server: creating it initialises
 * {@code java.util.logging} and with it fixes the process's {@code LogManager}, which is the application's choice to make,
 * perhaps only in its {@code main}. Whoever wants to read the MXBean, in the process or by attaching, creates the server.
 */
public final class JmxRegistration {

    private final MemoryLockBean bean;
    private final NotificationBroadcasterSupport emitter = new NotificationBroadcasterSupport(new MBeanNotificationInfo(
            new String[] {MemoryLockMXBean.STATE_CHANGED},
            Notification.class.getName(),
            "State changed; the user data is the new state"));
    private final ListenerThread listeners = new ListenerThread();
    private volatile boolean isThere;
    private boolean registered;
    private long sequence;

    /**
     * Creates the registration, which registers nothing yet.
     *
     * @param control what to show
     * @param pageBytes the page size
     * @param version the agent's
     */
    public JmxRegistration(LockControl control, long pageBytes, String version) {
        bean = new MemoryLockBean(control, pageBytes, version);
    }

    /**
     * Tells whether the bean should be registered now. Takes a few microseconds.
     *
     * @return true if the platform MBean server exists and we are not registered yet
     * @throws JMException if the server cannot be asked
     */
    public boolean isDue() throws JMException {
        return !registered && platformServerExists();
    }

    /**
     * Registers the bean.
     *
     * @throws JMException if the server refuses, as when the application has a bean of this name; nothing is registered
     */
    public void register() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName(MemoryLockMXBean.OBJECT_NAME);
        DescribedMBean described = new DescribedMBean(bean, MemoryLockMXBean.class, emitter, isNow -> isThere = isNow);
        if (server.isRegistered(name)) {
            throw new InstanceAlreadyExistsException("the application has a bean of the name " + name);
        }
        listeners.register(server, StandIn.of(described), name);
        registered = true;
    }

    /**
     * Unregisters the bean, if the application has not done so. Clients that wait for an answer of the bean still get it.
     *
     * @throws JMException if the server refuses
     */
    public void unregister() throws JMException {
        boolean wasThere = isThere;
        registered = false;
        if (wasThere) {
            listeners.unregister(
                    ManagementFactory.getPlatformMBeanServer(), new ObjectName(MemoryLockMXBean.OBJECT_NAME));
        }
    }

    private static boolean platformServerExists() throws JMException {
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

    /** Tells listeners that the state changed. */
    public void stateChanged(LockState from, LockState to) {
        Notification notification = new Notification(
                MemoryLockMXBean.STATE_CHANGED, MemoryLockMXBean.OBJECT_NAME, ++sequence, from + " -> " + to);
        notification.setUserData(to.name());
        listeners.send(emitter, notification);
    }
}
