// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The performance counters of this JVM, in its own memory: reads the JVM's counters and adds the agent's. Neither needs
 * a class that the application could miss if its initialiser failed. With {@code -XX:+PerfDisableSharedMem} they exist
 * as well, and nobody else sees them; with {@code -XX:-UsePerfData} those of the JVM do not.
 */
public final class OwnCounters {

    private static final String PACKAGE = "jdk.internal.perf";

    /** HotSpot: perfData.hpp, {@code V_Monotonic}, {@code V_Variable}. */
    private static final int MONOTONIC = 2;

    private static final int VARIABLE = 3;

    /** HotSpot: perfData.hpp, {@code U_None}, {@code U_Events}, {@code U_String}. */
    private static final int NO_UNIT = 1;

    private static final int EVENTS = 4;
    private static final int STRING = 5;

    private final Object perf;

    /** What was added, by name. */
    private final Map<String, ByteBuffer> added = new HashMap<>();

    /**
     * Opens the counters of this JVM.
     *
     * @param instrumentation the JVM's, which lets us into the package
     * @throws ReflectiveOperationException if this JDK keeps its counters elsewhere
     */
    public OwnCounters(Instrumentation instrumentation) throws ReflectiveOperationException {
        Module base = Object.class.getModule();
        Module ours = OwnCounters.class.getModule();
        instrumentation.redefineModule(base, Set.of(), Map.of(PACKAGE, Set.of(ours)), Map.of(), Set.of(), Map.of());
        perf = Class.forName(PACKAGE + ".Perf").getMethod("getPerf").invoke(null);
    }

    /**
     * Returns all there is, as it is in the file.
     *
     * @return empty with {@code -XX:-UsePerfData}
     * @throws ReflectiveOperationException if this JDK does not let us
     */
    ByteBuffer all() throws ReflectiveOperationException {
        Class<?> type = perf.getClass();
        try {
            return (ByteBuffer) type.getMethod("attach", int.class).invoke(perf, 0);
        } catch (NoSuchMethodException before22) {
            return (ByteBuffer)
                    type.getMethod("attach", int.class, String.class).invoke(perf, 0, "r");
        }
    }

    /**
     * Adds a number that only grows. A JVM can have each name only once: who asks for one that was added here gets it again.
     */
    ByteBuffer addCount(String name) throws ReflectiveOperationException {
        return addLong(name, MONOTONIC, EVENTS);
    }

    ByteBuffer addNumber(String name) throws ReflectiveOperationException {
        return addLong(name, VARIABLE, NO_UNIT);
    }

    private ByteBuffer addLong(String name, int variability, int unit) throws ReflectiveOperationException {
        ByteBuffer value = added.get(name);
        if (value == null) {
            value = (ByteBuffer) perf.getClass()
                    .getMethod("createLong", String.class, int.class, int.class, long.class)
                    .invoke(perf, name, variability, unit, 0L);
            added.put(name, value);
        }
        return value.order(ByteOrder.nativeOrder());
    }

    ByteBuffer addText(String name, int mostBytes) throws ReflectiveOperationException {
        ByteBuffer text = added.get(name);
        if (text != null) {
            return text;
        }
        try {
            text = (ByteBuffer) perf.getClass()
                    .getMethod("createByteArray", String.class, int.class, int.class, byte[].class, int.class)
                    .invoke(perf, name, VARIABLE, STRING, new byte[1], mostBytes);
            added.put(name, text);
            return text;
        } catch (InvocationTargetException e) {
            throw new ReflectiveOperationException(name + ": " + e.getCause(), e);
        }
    }
}
