// SPDX-License-Identifier: Apache-2.0
package io.memlock.api;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;

/**
 * Calls the agent. The agent's jar is on the system class path, but this class may come from any loader: an application
 * may have a copy of this package in a jar or loader of its own.
 */
final class AgentLink {

    private static final String AGENT = "io.memlock.bootstrap.RangeLocks";

    private static final MethodType TYPE = MethodType.methodType(
            Object.class, String.class, long.class, long.class, boolean.class, boolean.class, ByteBuffer.class);

    private AgentLink() {}

    /**
     * Finds the agent.
     *
     * @return null if there is none, or none that can lock
     * @throws MemoryLockException if there is one that this package does not know how to talk to, or that fails
     */
    static MethodHandle find() {
        try {
            MethodHandle found = (MethodHandle) Class.forName(AGENT, true, ClassLoader.getSystemClassLoader())
                    .getMethod("find")
                    .invoke(null);
            if (found != null && !found.type().equals(TYPE)) {
                throw incompatible(found.type().toString());
            }
            return found;
        } catch (ClassNotFoundException | SecurityException e) {
            return null;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) {
                throw error; // as of a full heap
            }
            throw new MemoryLockException("NOT LOCKED: memlock-agent in this JVM failed: " + e.getCause());
        } catch (ReflectiveOperationException e) {
            throw incompatible(e.toString());
        }
    }

    private static MemoryLockException incompatible(String what) {
        return new MemoryLockException("NOT LOCKED: memlock-agent in this JVM is of a version that this copy of"
                + " io.memlock.api cannot talk to; use memlock-api of the agent's version (" + what + ")");
    }

    /** Has the agent do something. {@code io.memlock.bootstrap.RangeLocks} tells what, and what it answers. */
    static Object call(
            MethodHandle agent,
            String operation,
            long first,
            long second,
            boolean isOnFault,
            boolean isHidden,
            ByteBuffer buffer) {
        try {
            return (Object) agent.invokeExact(operation, first, second, isOnFault, isHidden, buffer);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) { // the agent throws none
            throw new MemoryLockException("NOT LOCKED: " + e);
        }
    }
}
