// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.bootstrap.Agent;
import java.lang.invoke.MethodHandle;
import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * Runs the agent with all permissions, whoever calls it. This includes its threads, which otherwise have the
 * permissions of their starter for as long as they run. A security manager may be there from the start, or be set while
 * the JVM runs.
 */
@SuppressWarnings("removal") // and not used where it is removed
final class PrivilegedAgent implements Agent {

    private final Agent agent;

    PrivilegedAgent(Agent agent) {
        this.agent = agent;
    }

    @Override
    public int start(String options) {
        return AccessController.doPrivileged(new PrivilegedAction<Integer>() {
            @Override
            public Integer run() {
                return agent.start(options);
            }
        });
    }

    @Override
    public void startAgain(String options) {
        agent.startAgain(options);
    }

    @Override
    public void attach(String request) {
        AccessController.doPrivileged(new PrivilegedAction<Void>() {
            @Override
            public Void run() {
                agent.attach(request);
                return null;
            }
        });
    }

    @Override
    public MethodHandle rangeLocks() {
        return AccessController.doPrivileged(new PrivilegedAction<MethodHandle>() {
            @Override
            public MethodHandle run() {
                return agent.rangeLocks();
            }
        });
    }
}
