// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.advice.DeploymentFiles;
import io.memlock.files.ProcFormatException;
import io.memlock.hotspot.JvmFlags;
import io.memlock.jvms.AttachListener;
import io.memlock.jvms.AttachedJvm;
import io.memlock.jvms.Jvm;
import io.memlock.memory.Mapping;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessStatus;
import io.memlock.proc.UidMap;
import java.io.IOException;
import java.util.List;

/**
 * Checks whether a JVM can be attached to now. Attaching sends SIGQUIT to a JVM that does not listen yet. A JVM that was told
 * not to listen prints a thread dump instead, a stopped JVM prints it when it continues, and a JVM that cannot start its
 * listener's thread ends.
 */
public final class Attachability {

    private static final String AT_START = "# start it with -javaagent:memlock-agent.jar instead of attaching";

    /** The beginning of the name of each of its libraries, as {@code libj9vm29.so}. */
    private static final String OPENJ9 = "/libj9";

    private final ProcFs proc;

    public Attachability(ProcFs proc) {
        this.proc = proc;
    }

    /**
     * A reason why a JVM cannot be attached to.
     *
     * @param reason a sentence whose subject is the JVM, as {@code it is stopped}
     * @param remedy what to type
     */
    public record Obstacle(String reason, String remedy) {}

    /**
     * Looks for an obstacle.
     *
     * @return null if there is none
     * @throws IOException if the JVM has ended
     */
    public Obstacle obstacle(Jvm jvm) throws IOException {
        return obstacle(jvm, null);
    }

    /**
     * Looks for an obstacle.
     *
     * @param mappings the JVM's; null if nobody has read them, which is done here where it matters
     * @return null if there is none
     * @throws IOException if the JVM has ended
     */
    Obstacle obstacle(Jvm jvm, List<Mapping> mappings) throws IOException {
        String pid = Long.toString(jvm.pid());
        try {
            boolean isListening = AttachListener.isThere(proc, pid);
            Obstacle obstacle = forbidden(jvm.flags(), isListening);
            if (obstacle == null) {
                obstacle = ofTheProcess(pid, isListening);
            }
            if (obstacle != null) {
                return obstacle;
            }
            return ofItsJava(pid, mappings == null ? proc.mappings(pid) : mappings);
        } catch (ProcFormatException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Obstacle ofTheProcess(String pid, boolean isListening) throws IOException {
        ProcessStatus status = proc.status(pid);
        if (status.state().startsWith("t")) { // until the debugger lets it, whatever signal it gets
            return new Obstacle(
                    "a debugger has stopped it",
                    "grep TracerPid /proc/" + pid + "/status # let it go on in this process, or detach it");
        }
        if (status.state().startsWith("T")) {
            return new Obstacle("it is stopped, as by SIGSTOP or Ctrl-Z", "kill -CONT " + pid);
        }
        if (!isListening && !status.catches(Linux.SIGQUIT)) {
            return new Obstacle(
                    "it does not handle SIGQUIT, which attaching sends, so the signal would end it: it is starting"
                            + " or ending just now, or was started with -Xrs",
                    AT_START);
        }
        Obstacle obstacle = ofUsers(pid, status.effectiveUid());
        if (obstacle == null) {
            obstacle = Freezer.obstacle(proc, pid);
        }
        if (obstacle == null) {
            obstacle = FileRoom.obstacle(proc, pid);
        }
        return obstacle == null ? ThreadRoom.obstacle(proc, pid, status) : obstacle;
    }

    /** A JVM listens to its own user and to root, as it sees them: of anybody else's request it makes a thread dump. */
    private Obstacle ofUsers(String pid, long uid) throws IOException {
        String map = proc.textOrNone(pid, "uid_map");
        if (map.isEmpty() || map.equals(proc.textOrNone(ProcFs.SELF, "uid_map"))) {
            return null;
        }
        long self = proc.status(ProcFs.SELF).effectiveUid();
        return self == uid || UidMap.within(map, self) == 0
                ? null
                : new Obstacle(
                        "it is in a user namespace that does not know this command's user, and would print a thread dump"
                                + " instead of answering",
                        "# run the command in its container (podman exec, kubectl exec), or as user " + uid);
    }

    /** A JVM loads {@code libinstrument.so} with its first agent, from where it was started. */
    private Obstacle ofItsJava(String pid, List<Mapping> mappings) {
        boolean isReplaced = false;
        for (Mapping mapping : mappings) {
            if (mapping.path().contains(OPENJ9)) {
                return new Obstacle(
                        "it runs on OpenJ9, not on HotSpot: it does not know this way to attach, and would write"
                                + " a dump",
                        "# run the application on a HotSpot JVM, such as OpenJDK or Temurin");
            }
            if (mapping.path().contains("/libinstrument.so")) {
                return null;
            }
            isReplaced |= mapping.path().endsWith("/libjvm.so (deleted)");
        }
        if (isReplaced) {
            return new Obstacle(
                    "its Java was removed or replaced while it runs, and with it the library that an agent needs",
                    AT_START);
        }
        return Jdk.lacks(proc, pid, DeploymentFiles.javaHome(proc, pid, mappings), AttachedJvm.NEEDED_MODULE)
                ? new Obstacle("it " + AttachedJvm.LACKS_MODULE, "# " + AttachedJvm.ADD_MODULE)
                : null;
    }

    static Obstacle forbidden(JvmFlags flags, boolean isListening) {
        if (flags.isOn("DisableAttachMechanism", false)) {
            return new Obstacle("it was started with -XX:+DisableAttachMechanism", AT_START);
        }
        if (!isListening && (flags.has("-Xrs") || flags.isOn("ReduceSignalUsage", false))) {
            return new Obstacle(
                    "it was started with -Xrs and does not listen, so it cannot be asked to attach", AT_START);
        }
        return flags.isOn("EnableDynamicAgentLoading", true)
                ? null
                : new Obstacle("it was started with -XX:-EnableDynamicAgentLoading", AT_START);
    }
}
