// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.Attribute;
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

    /** Below net.ipv4.ip_local_port_range, which begins at 32768. */
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 32_000;

    /** Held until this process ends. */
    private static final List<ServerSocket> MARKS = new ArrayList<>();

    private final JMXConnector connector;
    private final MBeanServerConnection server;

    @SuppressWarnings("BanJNDI") // to JVMs the tests started themselves
    private JmxClient(String url, String... credentials) throws IOException {
        Map<String, ?> environment = credentials.length == 0 ? Map.of() : Map.of(JMXConnector.CREDENTIALS, credentials);
        connector = JMXConnectorFactory.connect(new JMXServiceURL(url), environment);
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

    /**
     * Connects to a JVM that was started with {@link #remoteFlags}.
     *
     * @param credentials user and password; nothing where the JVM asks for none
     */
    public static JmxClient connect(int port, String... credentials) {
        try {
            return new JmxClient("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi", credentials);
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

    /**
     * A port nobody listens on, and nobody will before the JVM that is told to: it is below those the kernel hands out by
     * itself, and other tests leave it alone for as long as this process holds the one above it.
     */
    public static synchronized int freePort() {
        for (int port = FIRST_PORT; port < LAST_PORT; port += 2) {
            ServerSocket mark = listen(port + 1);
            if (mark == null) {
                continue;
            }
            MARKS.add(mark);
            try (ServerSocket free = listen(port)) {
                if (free != null) {
                    return port;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new AssertionError("no free port from " + FIRST_PORT + " to " + LAST_PORT);
    }

    /** Null where somebody listens already. */
    private static ServerSocket listen(int port) {
        try {
            return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            return null;
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

    /** The names of all MBeans of the agent. */
    public Set<ObjectName> names() throws IOException, JMException {
        return server.queryNames(new ObjectName("io.memlock:*"), null);
    }

    /** Attributes of the MBean that are of one moment, by name. */
    public Map<String, Object> getTogether(String... attributes) throws IOException, JMException {
        return values(new ObjectName(MEMORY_LOCK), attributes);
    }

    /** Attributes of the MBean of a region, by name. */
    public Map<String, Object> ofRegion(String region, String... attributes) throws IOException, JMException {
        return values(region(region), attributes);
    }

    private Map<String, Object> values(ObjectName bean, String... attributes) throws IOException, JMException {
        Map<String, Object> values = new HashMap<>();
        for (Attribute attribute : server.getAttributes(bean, attributes).asList()) {
            values.put(attribute.getName(), attribute.getValue());
        }
        return values;
    }

    /** An attribute of one of the JDK's pools of buffers. */
    public Object pool(String name, String attribute) throws IOException, JMException {
        return server.getAttribute(new ObjectName("java.nio:type=BufferPool,name=" + name), attribute);
    }

    /** The description of the MBean of a region. */
    public MBeanInfo infoOfRegion(String region) throws IOException, JMException {
        return server.getMBeanInfo(region(region));
    }

    private static ObjectName region(String name) throws JMException {
        return new ObjectName("io.memlock:type=Region,name=" + name);
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
