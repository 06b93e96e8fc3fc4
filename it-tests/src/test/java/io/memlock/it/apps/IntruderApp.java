// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import io.memlock.api.MemoryLockException;
import io.memlock.api.MemoryLocks;
import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.management.AttributeList;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.ObjectName;

/**
 * Looks for the agent's class loader wherever an application without native access can look, and prints by which ways it
 * was found: {@code ways []} if by none.
 */
public final class IntruderApp {

    private static final Set<String> WAYS = new TreeSet<>();

    private IntruderApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("io.memlock:type=MemoryLock");
        server.addNotificationListener(
                MBeanServerDelegate.DELEGATE_NAME, (event, none) -> lookAtStack("registration"), null, null);
        CommandLoop.run((command, arguments) -> switch (command) {
            case "registered" -> Boolean.toString(server.isRegistered(name));
            case "listen" -> {
                server.addNotificationListener(
                        name,
                        (event, none) -> lookAtStack("listener"),
                        event -> {
                            lookAtStack("filter");
                            return true;
                        },
                        null);
                yield "";
            }
            case "look" -> {
                look("getClassLoaderFor", server.getClassLoaderFor(name));
                server.setAttributes(name, new Attributes());
                lookAtThreads();
                lookAtRangeLocks();
                lookAtFields();
                yield "ways " + WAYS;
            }
            case "unlock" ->
                server.invoke(name, "unlock", null, null).toString().replace('\n', ' ');
            default -> throw CommandLoop.unknown(command);
        });
    }

    /** A list that the bean would read. */
    private static final class Attributes extends AttributeList {

        private static final long serialVersionUID = 1L;

        @Override
        public Object[] toArray() {
            lookAtStack("setAttributes");
            return super.toArray();
        }

        @Override
        public int size() {
            lookAtStack("setAttributes");
            return super.size();
        }
    }

    private static void lookAtThreads() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            look("class of thread " + thread.getName(), thread.getClass().getClassLoader());
            look("context of thread " + thread.getName(), thread.getContextClassLoader());
        }
    }

    private static void lookAtFields() throws ReflectiveOperationException {
        List<Object> found = new ArrayList<>();
        for (String type : new String[] {"MemlockAgent", "Launcher", "AgentStream", "IsolatedLoader", "RangeLocks"}) {
            fields(Class.forName("io.memlock.bootstrap." + type), null, found);
        }
        for (Object value : List.copyOf(found)) {
            for (Class<?> type = value.getClass(); type != null; type = type.getSuperclass()) {
                fields(type, value, found);
            }
        }
        for (Object value : found) {
            look(
                    "field",
                    value instanceof ClassLoader loader
                            ? loader
                            : value.getClass().getClassLoader());
        }
    }

    /** What the API calls the agent by. */
    private static void lookAtRangeLocks() throws ReflectiveOperationException {
        if (!MemoryLocks.isAvailable()) {
            throw new IllegalStateException("there is no agent to find");
        }
        MethodHandle agent = (MethodHandle) Class.forName("io.memlock.bootstrap.RangeLocks")
                .getMethod("find")
                .invoke(null);
        for (Class<?> type : agent.type().wrap().parameterArray()) {
            look("type of range locks", type.getClassLoader());
        }
        try {
            Class<?> revealed = MethodHandles.lookup().revealDirect(agent).getDeclaringClass();
            look("handle of range locks", revealed.getClassLoader());
        } catch (IllegalArgumentException e) {
            // It does not tell.
        }
        try {
            MemoryLocks.lock(1, 1);
        } catch (MemoryLockException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                look("exception of range locks", cause.getClass().getClassLoader());
            }
        }
    }

    private static void fields(Class<?> type, Object holder, List<Object> found) throws IllegalAccessException {
        for (Field field : type.getDeclaredFields()) {
            if ((holder != null || Modifier.isStatic(field.getModifiers())) && field.trySetAccessible()) {
                Object value = field.get(holder);
                if (value != null) {
                    found.add(value);
                }
            }
        }
    }

    private static void lookAtStack(String way) {
        StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).walk(frames -> {
            frames.map(StackFrame::getDeclaringClass).forEach(type -> look("stack of " + way, type.getClassLoader()));
            return null;
        });
    }

    private static void look(String way, ClassLoader loader) {
        try {
            if (loader != null) {
                Class.forName("com.sun.jna.Native", false, loader);
                WAYS.add(way);
            }
        } catch (ClassNotFoundException e) {
            // Not this way.
        }
    }
}
