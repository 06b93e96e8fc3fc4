// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.lang.management.ManagementFactory;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** Registers a bean of its own under the agent's name, and answers what that says. */
public final class OwnBeanApp {

    private OwnBeanApp() {}

    /** What it registers. */
    public interface Own {

        /** Whose it is. */
        String getOwner();
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        ObjectName name = new ObjectName("io.memlock:type=MemoryLock");
        Own bean = () -> "the application's";
        ManagementFactory.getPlatformMBeanServer().registerMBean(new StandardMBean(bean, Own.class), name);
        CommandLoop.run((command, arguments) -> ManagementFactory.getPlatformMBeanServer()
                .getAttribute(name, "Owner")
                .toString());
    }
}
