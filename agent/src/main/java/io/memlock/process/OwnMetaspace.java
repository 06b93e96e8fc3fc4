// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import io.memlock.hotspot.DiagnosticCommands;
import io.memlock.hotspot.InProcessDiagnosticCommands;
import io.memlock.hotspot.MetaspaceRoom;
import io.memlock.log.Log;
import io.memlock.manners.RetryPause;
import io.memlock.memory.Bytes;
import io.memlock.proc.ProcFs;
import io.memlock.state.LockFailure;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tells whether the metaspace of this JVM has room for classes that the agent could also load later. Where metaspace has no
 * limit, nothing is asked.
 */
public final class OwnMetaspace {

    /** What one part of the agent loads at once: all of it takes up to 4 MiB, and about half of that before {@code main}. */
    private static final long ENOUGH_BYTES = 2 << 20;

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Variables in which a JVM and its launcher look for arguments. */
    private static final List<String> VARIABLES = List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

    private final Source arguments;
    private final DiagnosticCommands commands;
    private final Log log;
    private final RetryPause pause = new RetryPause(LONGEST_PAUSE_NANOS);

    /** Null before the first question. */
    private Boolean mayBeLimited;

    private boolean hasWarned;

    /** Where the arguments of the JVM come from. */
    public interface Source {

        /** Reads them; null if they are not to be seen. */
        String read() throws IOException;
    }

    /**
     * Asks nothing before the first question.
     *
     * @param arguments the JVM was started with
     * @param commands tell how much room is left
     */
    public OwnMetaspace(Source arguments, DiagnosticCommands commands, Log log) {
        this.arguments = arguments;
        this.commands = commands;
        this.log = log;
    }

    static OwnMetaspace of(ProcFs proc, Instrumentation instrumentation, Log log) {
        return new OwnMetaspace(
                new Source() {
                    @Override
                    public String read() throws IOException {
                        return ownArguments(proc);
                    }
                },
                new InProcessDiagnosticCommands(instrumentation),
                log);
    }

    /**
     * Returns what the JVM was started with. It is read and not asked for: the JVM's answer would initialise classes of the
     * JDK, which stay broken where that fails in a full heap.
     */
    private static String ownArguments(ProcFs proc) throws IOException {
        if (System.getProperty("sun.java.launcher") == null) {
            return null; // a program that starts a JVM inside itself chooses its arguments
        }
        StringBuilder all = new StringBuilder(proc.text(ProcFs.SELF, "cmdline"));
        for (String variable : VARIABLES) {
            String value = System.getenv(variable);
            if (value != null) {
                all.append(' ').append(value);
            }
        }
        return all.toString();
    }

    /**
     * Returns whether there is that room, also where it is not known. Warns once where there is none. Where there
     * may be a limit the first question has to come early: it loads classes itself, some 200 KB.
     */
    public synchronized boolean hasRoom() {
        return hasRoom(System.nanoTime());
    }

    synchronized boolean hasRoom(long nowNanos) {
        if (!mayBeLimited()) {
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

    private boolean mayBeLimited() {
        if (mayBeLimited == null) {
            try {
                String given = arguments.read();
                mayBeLimited = given == null || MetaspaceRoom.mayBeLimitedBy(given);
            } catch (IOException | RuntimeException e) {
                log.debug("whether metaspace has a limit is not known: " + e);
                mayBeLimited = false;
            }
        }
        return mayBeLimited;
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
            String left = Bytes.text(Math.min(room.bytes(), room.classBytes()));
            log.warn("METASPACE IS NEARLY FULL"
                    + "\n  tried:   to load further classes of the agent"
                    + "\n  kernel:  not asked: " + left + " are left of the JVM's limit"
                    + "\n  meaning: the classes could end this JVM, so what has not begun yet waits: the keeper, which locks what"
                    + " the JVM maps later; the MXBean; events of Flight Recorder; locks by io.memlock.api\n"
                    + LockFailure.TO_FIX + "  # start it with a -XX:MaxMetaspaceSize that is 4 MiB larger, and so"
                    + " -XX:CompressedClassSpaceSize if it is given");
        }
    }
}
