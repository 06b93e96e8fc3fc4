// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Tells what is used inside it: each line {@code memory} is answered with {@code done heap=… metaspace=… code=…} in bytes
 * after a collection, {@code jmx} with the nanoseconds to read all attributes of the agent's MBean, and to refresh it;
 * {@code attributes} reads all attributes of the agent's MBean once; {@code flood} refreshes it in eight threads without a
 * pause for three seconds.
 */
public final class FootprintApp {

    private static final int READS = 300;
    private static final int REFRESHES = 5;
    private static final int REST_MILLIS = 1500;
    private static final int FLOOD_THREADS = 8;
    private static final int FLOOD_SECONDS = 3;

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
                        case 'f' -> app.flood();
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
        long refreshNanos = 0;
        for (int i = 0; i < REFRESHES; i++) {
            rest();
            start = System.nanoTime();
            refresh(name);
            refreshNanos += System.nanoTime() - start;
        }
        return "readAllNanos=" + readNanos + " refreshNanos=" + (double) refreshNanos / REFRESHES + " attributes="
                + attributes.length;
    }

    /** A scan is good for a second: what refreshes earlier than that makes none. */
    private static void rest() {
        try {
            Thread.sleep(REST_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String attributes() throws JMException {
        ObjectName name = new ObjectName("io.memlock:type=MemoryLock");
        MBeanAttributeInfo[] attributes = server.getMBeanInfo(name).getAttributes();
        readAll(name, attributes);
        return "attributes=" + attributes.length;
    }

    private String flood() throws JMException {
        ObjectName name = new ObjectName("io.memlock:type=MemoryLock");
        LongAdder refreshes = new LongAdder();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FLOOD_SECONDS);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < FLOOD_THREADS; i++) {
            threads.add(new Thread(() -> {
                while (System.nanoTime() < end) {
                    refresh(name);
                    refreshes.increment();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return "refreshes=" + refreshes.sum();
    }

    private void refresh(ObjectName name) {
        try {
            server.invoke(name, "refresh", new Object[0], new String[0]);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private void readAll(ObjectName name, MBeanAttributeInfo[] attributes) throws JMException {
        for (MBeanAttributeInfo attribute : attributes) {
            server.getAttribute(name, attribute.getName());
        }
    }
}
