// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.lang.management.ManagementFactory;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;

/** Answers {@code made}: is there an MBean server; {@code make}: makes it; {@code registered}: is the agent in it. */
public final class PlatformServerApp {

    private PlatformServerApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        CommandLoop.run((command, arguments) -> switch (command) {
            case "made" ->
                Boolean.toString(!MBeanServerFactory.findMBeanServer(null).isEmpty());
            case "make" -> ManagementFactory.getPlatformMBeanServer().getDefaultDomain();
            case "registered" ->
                Boolean.toString(ManagementFactory.getPlatformMBeanServer()
                        .isRegistered(new ObjectName("io.memlock:type=MemoryLock")));
            default -> throw CommandLoop.unknown(command);
        });
    }
}
