// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import javax.management.JMException;
import javax.management.MBeanInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** What JConsole would see: a client in another process, over a socket, that has none of the agent's classes. */
public final class JmxClient implements AutoCloseable {

    private static final String MEMORY_LOCK = "io.memlock:type=MemoryLock";

    private final JMXConnector connector;
    private final MBeanServerConnection server;

    @SuppressWarnings("BanJNDI") // to JVMs the tests started themselves
    private JmxClient(String url) throws IOException {
        connector = JMXConnectorFactory.connect(new JMXServiceURL(url));
        server = connector.getMBeanServerConnection();
    }

    /** Attaches to a JVM and has it open its local connector, as JConsole does with a process id. */
    public static JmxClient attach(long pid) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                return new JmxClient(machine.startLocalManagementAgent());
            } finally {
                machine.detach();
            }
        } catch (Exception e) {
            throw new AssertionError("cannot attach to JVM " + pid, e);
        }
    }

    /** Connects to a JVM that was started with {@link #remoteFlags}. */
    public static JmxClient connect(int port) {
        try {
            return new JmxClient("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JVM flags that open JMX on a port of the loopback interface. */
    public static String[] remoteFlags(int port) {
        return new String[] {
            "-Dcom.sun.management.jmxremote.port=" + port,
            "-Dcom.sun.management.jmxremote.rmi.port=" + port,
            "-Dcom.sun.management.jmxremote.host=127.0.0.1",
            "-Djava.rmi.server.hostname=127.0.0.1",
            "-Dcom.sun.management.jmxremote.authenticate=false",
            "-Dcom.sun.management.jmxremote.ssl=false"
        };
    }

    /** A port nobody listens on. */
    public static int freePort() {
        return twoFreePorts()[0];
    }

    /** Two of them. */
    public static int[] twoFreePorts() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket one = new ServerSocket(0, 1, loopback);
                ServerSocket other = new ServerSocket(0, 1, loopback)) {
            return new int[] {one.getLocalPort(), other.getLocalPort()};
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the agent's MBean is there. */
    public boolean hasMemoryLock() throws IOException, JMException {
        return server.isRegistered(new ObjectName(MEMORY_LOCK));
    }

    /** Waits until it is: the agent registers it within a second of the first client's coming. */
    public JmxClient awaitMemoryLock() {
        Eventually.eventually(() -> {
            if (!hasMemoryLock()) {
                throw new AssertionError("no MBean " + MEMORY_LOCK);
            }
        });
        return this;
    }

    /** Its description. */
    public MBeanInfo info() throws IOException, JMException {
        return server.getMBeanInfo(new ObjectName(MEMORY_LOCK));
    }

    /** One of its attributes. */
    public Object get(String attribute) throws IOException, JMException {
        return server.getAttribute(new ObjectName(MEMORY_LOCK), attribute);
    }

    /** One of its attributes that is a number. */
    public long getLong(String attribute) throws IOException, JMException {
        return ((Number) get(attribute)).longValue();
    }

    /** Calls one of its operations that takes no argument. */
    public Object invoke(String operation) throws IOException, JMException {
        return server.invoke(new ObjectName(MEMORY_LOCK), operation, new Object[0], new String[0]);
    }

    /** Calls one of its operations that takes a text. */
    public Object invoke(String operation, String argument) throws IOException, JMException {
        return server.invoke(
                new ObjectName(MEMORY_LOCK), operation, new Object[] {argument}, new String[] {String.class.getName()});
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
