// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.manners.FullHeapException;
import io.memlock.manners.HeapRoom;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;

/**
 * Runs the diagnostic commands of this JVM, and calls them where the {@code DiagnosticCommand} MBean does. Reaching it
 * as an MBean would create the platform's MBean server, and with it choose the application's log manager before its
 * {@code main} can.
 */
public final class InProcessDiagnosticCommands implements DiagnosticCommands {

    private static final String MODULE = "jdk.management";
    private static final String PACKAGE = "com.sun.management.internal";

    private final Instrumentation instrumentation;
    private Object commands;
    private Method execute;

    /**
     * Does nothing yet; the first command does.
     *
     * @param instrumentation the JVM's, which opens the module to us
     */
    public InProcessDiagnosticCommands(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    @Override
    public synchronized String execute(String command) throws IOException {
        try {
            if (execute == null) {
                connect();
            }
            return (String) execute.invoke(commands, command);
        } catch (InvocationTargetException e) {
            throw new IOException(command + ": " + e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            throw new IOException(command + ": this JDK does not let us: " + e, e);
        }
    }

    private void connect() throws ReflectiveOperationException, IOException {
        Module module = ModuleLayer.boot().findModule(MODULE).orElse(null);
        if (module == null) {
            throw new IOException("this Java runtime lacks the module " + MODULE);
        }
        if (!HeapRoom.lasts()) {
            throw new FullHeapException("the Java heap is too full to ask the JVM"); // its management would stay broken
        }
        Map<String, Set<Module>> opens = Map.of(PACKAGE, Set.of(getClass().getModule()));
        instrumentation.redefineModule(module, Set.of(), Map.of(), opens, Set.of(), Map.of());
        // Its initialiser loads the native library.
        Class.forName(PACKAGE + ".PlatformMBeanProviderImpl", true, module.getClassLoader());
        Class<?> implementation = Class.forName(PACKAGE + ".DiagnosticCommandImpl", true, module.getClassLoader());
        Method instance = implementation.getDeclaredMethod("getDiagnosticCommandMBean");
        instance.setAccessible(true);
        commands = instance.invoke(null);
        Method method = implementation.getDeclaredMethod("executeDiagnosticCommand", String.class);
        method.setAccessible(true);
        execute = method;
    }
}
