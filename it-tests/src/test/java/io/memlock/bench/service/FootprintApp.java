// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Tells what is used inside it: each line {@code memory} is answered with {@code done heap=… metaspace=… code=…} in bytes
 * after a collection, {@code jmx} with the nanoseconds to read all attributes of the agent's MBean, and to refresh it;
 * {@code attributes} reads all attributes of the agent's MBean once.
 */
public final class FootprintApp {

    private static final int READS = 300;
    private static final int REFRESHES = 5;

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    private FootprintApp() {}

    /** Runs it. */
    public static void main(String[] args) throws IOException, JMException {
        FootprintApp app = new FootprintApp();
        System.out.println("ready");
        byte[] line = new byte[64];
        for (int n = System.in.read(line); n > 0; n = System.in.read(line)) {
            System.out.println("done "
                    + switch (line[0]) {
                        case 'm' -> app.memory();
                        case 'j' -> app.jmx();
                        default -> app.attributes();
                    });
        }
    }

    private String memory() {
        System.gc();
        long metaspace = 0;
        long code = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.NON_HEAP) {
                long used = pool.getUsage().getUsed();
                if (pool.getName().contains("Code")) {
                    code += used;
                } else if (pool.getName().equals("Metaspace")) {
                    metaspace += used; // contains the compressed class space
                }
            }
        }
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return "heap=" + heap + " metaspace=" + metaspace + " code=" + code;
    }

    private String jmx() throws JMException {
        ObjectName name = new ObjectName("io.memlock:type=MemoryLock");
        while (!server.isRegistered(name)) {
            Thread.onSpinWait(); // it comes from the background, soon after the start
        }
        MBeanAttributeInfo[] attributes = server.getMBeanInfo(name).getAttributes();
        readAll(name, attributes);
        long start = System.nanoTime();
        for (int i = 0; i < READS; i++) {
            readAll(name, attributes);
        }
        double readNanos = (double) (System.nanoTime() - start) / READS;
        start = System.nanoTime();
        for (int i = 0; i < REFRESHES; i++) {
            server.invoke(name, "refresh", new Object[0], new String[0]);
        }
        double refreshNanos = (double) (System.nanoTime() - start) / REFRESHES;
        return "readAllNanos=" + readNanos + " refreshNanos=" + refreshNanos + " attributes=" + attributes.length;
    }

    private String attributes() throws JMException {
        ObjectName name = new ObjectName("io.memlock:type=MemoryLock");
        MBeanAttributeInfo[] attributes = server.getMBeanInfo(name).getAttributes();
        readAll(name, attributes);
        return "attributes=" + attributes.length;
    }

    private void readAll(ObjectName name, MBeanAttributeInfo[] attributes) throws JMException {
        for (MBeanAttributeInfo attribute : attributes) {
            server.getAttribute(name, attribute.getName());
        }
    }
}
