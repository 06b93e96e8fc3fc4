// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import java.lang.instrument.Instrumentation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;

/**
 * The performance counter {@value #NAME} of this JVM: what the keeper had to lock again. With {@code -XX:-UsePerfData} or
 * {@code -XX:+PerfDisableSharedMem} it exists as well, and nobody sees it.
 */
public final class RelockCounter {

    /** Its name, as {@code jcmd PID PerfCounter.print} shows it. */
    public static final String NAME = "io.memlock.relocks";

    private static final String PACKAGE = "jdk.internal.perf";

    /** HotSpot: perfData.hpp, {@code V_Monotonic}. */
    private static final int MONOTONIC = 2;

    /** HotSpot: perfData.hpp, {@code U_Events}. */
    private static final int EVENTS = 4;

    private final ByteBuffer value;

    /**
     * Creates it; a JVM can have it only once.
     *
     * @param instrumentation the JVM's, which lets us into the package
     * @throws ReflectiveOperationException if this JDK keeps its counters elsewhere
     */
    public RelockCounter(Instrumentation instrumentation) throws ReflectiveOperationException {
        Module base = Object.class.getModule();
        Module ours = RelockCounter.class.getModule();
        instrumentation.redefineModule(base, Set.of(), Map.of(PACKAGE, Set.of(ours)), Map.of(), Set.of(), Map.of());
        Class<?> type = Class.forName(PACKAGE + ".Perf");
        Object perf = type.getMethod("getPerf").invoke(null);
        value = (ByteBuffer) type.getMethod("createLong", String.class, int.class, int.class, long.class)
                .invoke(perf, NAME, MONOTONIC, EVENTS, 0L);
        value.order(ByteOrder.nativeOrder());
    }

    /** Publishes a count. */
    public void set(long relocks) {
        value.putLong(0, relocks);
    }
}
