// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.hotspot.DiagnosticCommands;
import io.memlock.hotspot.InProcessDiagnosticCommands;
import io.memlock.hotspot.JvmFlags;
import io.memlock.hotspot.MetaspaceRoom;
import io.memlock.hotspot.RetryPause;
import io.memlock.log.Log;
import io.memlock.memory.Bytes;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells whether the metaspace of this JVM has room for classes that the agent could also load later. Where metaspace has no
 * limit, nothing is asked.
 */
final class OwnMetaspace {

    /** What one part of the agent loads at once: all of it takes 3 MB, and half of that before {@code main}. */
    private static final long ENOUGH_BYTES = 2 << 20;

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Source flags;
    private final DiagnosticCommands commands;
    private final Log log;
    private final RetryPause pause = new RetryPause(LONGEST_PAUSE_NANOS);

    /** Null before the first question. */
    private Boolean isLimited;

    private boolean hasWarned;

    /** Where the flags of the JVM come from. */
    interface Source {

        /** Reads them. */
        JvmFlags read() throws ReflectiveOperationException;
    }

    OwnMetaspace(Source flags, DiagnosticCommands commands, Log log) {
        this.flags = flags;
        this.commands = commands;
        this.log = log;
    }

    /** Asks nothing before the first question. */
    static OwnMetaspace of(Instrumentation instrumentation, Log log) {
        return new OwnMetaspace(
                new Source() {
                    @Override
                    public JvmFlags read() throws ReflectiveOperationException {
                        return ownFlags(instrumentation);
                    }
                },
                new InProcessDiagnosticCommands(instrumentation),
                log);
    }

    /** Returns all flags, also those that an application which embeds the JVM gave. */
    private static JvmFlags ownFlags(Instrumentation instrumentation) throws ReflectiveOperationException {
        String name = "jdk.internal.misc";
        Set<Module> ours = Set.of(OwnMetaspace.class.getModule());
        instrumentation.redefineModule(
                Object.class.getModule(), Set.of(), Map.of(name, ours), Map.of(), Set.of(), Map.of());
        String[] options = (String[])
                Class.forName(name + ".VM").getMethod("getRuntimeArguments").invoke(null);
        return new JvmFlags(List.of(options));
    }

    /**
     * Returns whether there is that room, also where it is not known. Warns once where there is none. The first question has
     * to come early: it loads classes itself, some 200 KB.
     */
    synchronized boolean hasRoom() {
        return hasRoom(System.nanoTime());
    }

    synchronized boolean hasRoom(long nowNanos) {
        if (!isLimited()) {
            return true;
        }
        if (!pause.hasLasted(nowNanos)) {
            return false;
        }
        MetaspaceRoom room = room();
        if (room == null || room.holds(ENOUGH_BYTES)) {
            pause.end();
            return true;
        }
        pause.begin(nowNanos);
        warnOnce(room);
        return false;
    }

    private boolean isLimited() {
        if (isLimited == null) {
            try {
                isLimited = MetaspaceRoom.isLimited(flags.read());
            } catch (ReflectiveOperationException | RuntimeException e) {
                log.debug("whether metaspace has a limit is not known: " + e);
                isLimited = false;
            }
        }
        return isLimited;
    }

    /** Returns null if it is not known. */
    private MetaspaceRoom room() {
        try {
            return MetaspaceRoom.of(commands.execute(MetaspaceRoom.COMMAND));
        } catch (IOException | RuntimeException e) {
            log.debug("what metaspace has left is not known: " + e.getMessage());
            return null;
        }
    }

    private void warnOnce(MetaspaceRoom room) {
        if (!hasWarned) {
            hasWarned = true;
            log.warn("METASPACE IS NEARLY FULL: of its limit " + Bytes.text(Math.min(room.bytes(), room.classBytes()))
                    + " are left. The agent loads no further classes, which could end this JVM: what has not begun yet"
                    + " waits (the keeper, which locks what the JVM maps later; the MXBean; events of Flight Recorder)."
                    + " To fix: raise -XX:MaxMetaspaceSize, and -XX:CompressedClassSpaceSize if it is given");
        }
    }
}
