// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import com.sun.jna.Native;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Commands to put in front of a JVM. Each but {@link #ownPids} ends in exec: the process keeps its id. */
public final class Wrappers {

    private Wrappers() {}

    /** Takes the right to lock without a limit away, if we have it. */
    public static List<String> withoutIpcLock() {
        return Machine.hasIpcLock()
                ? List.of("setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock")
                : List.of();
    }

    /** Sets RLIMIT_MEMLOCK, soft and hard, in bytes. */
    public static List<String> memlockLimit(long bytes) {
        return List.of("prlimit", "--memlock=" + bytes + ":" + bytes);
    }

    /** Runs a shell script in a mount namespace of its own before the JVM; what it mounts is gone with the JVM. */
    public static List<String> privateMounts(String script) {
        return List.of("unshare", "--mount", "--propagation=private", "sh", "-ec", script + "\nexec \"$@\"", "sh");
    }

    /**
     * Leaves the agent no directory to load its native library from.
     *
     * @param temporary takes the place of the JVM's directory for temporary files, and of its user's home
     */
    public static ForkedJvm.Builder withoutPlaceForLibrary(ForkedJvm.Builder jvm, Path temporary) {
        String noexec = Stream.of(temporary.toString(), "/tmp", "/var/tmp", "/dev/shm", "/run")
                .map(place -> "mount --bind " + place + " " + place + "\nmount -o remount,bind,noexec " + place)
                .collect(Collectors.joining("\n"));
        return jvm.wrapper(privateMounts(noexec))
                .environment("XDG_RUNTIME_DIR", "")
                .environment("XDG_CACHE_HOME", "")
                .flags("-Djava.io.tmpdir=" + temporary, "-Duser.home=" + temporary);
    }

    /** In a PID and a mount namespace of its own; the JVM is the child of the process started, and ends with it. */
    public static List<String> ownPids() {
        return List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc");
    }

    /** Runs a shell script before the JVM, in the same process. */
    public static List<String> shell(String script) {
        return List.of("sh", "-ec", script + "\nexec \"$@\"", "sh");
    }

    /** Runs a test class that uses JNA and becomes the JVM at its end. */
    public static List<String> mainClass(Class<?> launcher, String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                Jdk.current().java().toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                AgentJar.testClasses() + File.pathSeparator + AgentJar.codeOf(Native.class),
                launcher.getName()));
        words.addAll(List.of(arguments));
        return words;
    }
}
