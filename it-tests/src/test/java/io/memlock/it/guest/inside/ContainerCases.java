// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Smaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Containers of an OCI runtime, under the seccomp profile and with the capabilities that containers get by default. Each is
 * judged from the host of the container, which is the guest.
 */
final class ContainerCases {

    private static final Path PROFILE = Path.of("/opt/seccomp.json");
    private static final Path BUNDLE = Path.of("/tmp/bundle");

    /** What Docker leaves to root. */
    private static final String CAPABILITIES =
            """
            "CAP_CHOWN","CAP_DAC_OVERRIDE","CAP_FSETID","CAP_FOWNER","CAP_MKNOD","CAP_NET_RAW","CAP_SETGID",\
            "CAP_SETUID","CAP_SETFCAP","CAP_SETPCAP","CAP_NET_BIND_SERVICE","CAP_SYS_CHROOT","CAP_KILL","CAP_AUDIT_WRITE\"""";

    private static final String NAME = "memlock";
    private static final long KERNEL_DEFAULT = 8L << 20;
    private static final long UNLIMITED = -1;

    private final Jdk jdk;

    ContainerCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list() {
        return List.of(
                new Case("container of root with IPC_LOCK is locked", () -> is(true, 0, true, KERNEL_DEFAULT)),
                new Case("container of root without a limit is locked", () -> is(true, 0, false, UNLIMITED)),
                new Case("container of uid 1000 without a limit is locked", () -> is(true, 1000, false, UNLIMITED)),
                new Case("container of root with 8 MiB says it is not", () -> is(false, 0, false, KERNEL_DEFAULT)),
                new Case(
                        "container of uid 1000 with 8 MiB says it is not", () -> is(false, 1000, true, KERNEL_DEFAULT)),
                new Case("container is locked from outside", this::isLockedFromOutside));
    }

    private String is(boolean locked, int uid, boolean ipcLock, long limit) throws IOException {
        try (ForkedJvm crun = start(uid, ipcLock, limit, "-javaagent:/opt/memlock-agent.jar=mode=all")) {
            crun.awaitLine("ready");
            Case.check(Judge.saysNotLocked(crun.stderr()) != locked, crun.stderr());
            crun.ask("grow 100");
            if (locked) {
                Judge.everythingBecomesLocked(pid(), "grown", crun);
            } else {
                Case.check(Smaps.of(pid()).chargedBytes() <= limit, "more is charged than the limit");
            }
            crun.send("exit");
            Case.check(crun.awaitExit().exitStatus() == 0, "it did not end well: " + crun.stderr());
        } finally {
            Commands.run("crun", "delete", "--force", NAME);
        }
        return "";
    }

    private String isLockedFromOutside() throws IOException {
        try (ForkedJvm crun = start(0, true, KERNEL_DEFAULT, "-Dunused")) {
            crun.awaitLine("ready");
            String pid = Long.toString(pid());
            String attach = Apps.memlock(jdk, List.of(), "attach", pid).toString();
            Case.check(attach.startsWith("exit status 0"), attach);
            crun.ask("grow 100");
            Judge.nothingIsUnlocked(pid(), "attached and grown; " + attach, crun);
        } finally {
            Commands.run("crun", "delete", "--force", NAME);
        }
        return "";
    }

    private ForkedJvm start(int uid, boolean ipcLock, long limit, String flag) throws IOException {
        Files.createDirectories(BUNDLE.resolve("root"));
        String capabilities = CAPABILITIES + (ipcLock ? ",\"CAP_IPC_LOCK\"" : "");
        String effective = uid == 0 ? capabilities : "";
        String rlimit = limit == UNLIMITED ? Long.toUnsignedString(-1) : Long.toString(limit);
        Files.writeString(
                BUNDLE.resolve("config.json"),
                """
                {"ociVersion": "1.0.2",
                 "process": {"user": {"uid": %1$d, "gid": %1$d}, "cwd": "/", "noNewPrivileges": false,
                  "args": ["%2$s", "-XX:+UseSerialGC", "-Xms32m", "-Xmx320m", "%3$s", "-cp", "/opt/test-classes",
                           "io.memlock.it.apps.HeapApp"],
                  "env": ["PATH=/usr/bin:/bin", "HOME=/tmp"],
                  "capabilities": {"bounding": [%4$s], "effective": [%5$s], "permitted": [%5$s]},
                  "rlimits": [{"type": "RLIMIT_MEMLOCK", "soft": %6$s, "hard": %6$s}]},
                 "root": {"path": "root"},
                 "mounts": [
                  {"destination": "/proc", "type": "proc", "source": "proc"},
                  {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["mode=1777"]},
                  %7$s],
                 "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}],
                  "seccomp": %8$s}}
                """
                        .formatted(
                                uid,
                                jdk.java(),
                                flag,
                                capabilities,
                                effective,
                                rlimit,
                                mounts(),
                                Files.readString(PROFILE)));
        // The shell keeps what a JVM would get as arguments from crun, which reads them in the bundle.
        String run = "exec crun --cgroup-manager=cgroupfs run --no-pivot -b " + BUNDLE + " " + NAME;
        return ForkedJvm.on(jdk).wrapper(List.of("sh", "-c", run)).start();
    }

    /** The guest's own files, read-only, serve as the container's. */
    private static String mounts() {
        StringBuilder mounts = new StringBuilder();
        for (String directory : List.of("usr", "lib", "lib64", "bin", "etc", "opt", "dev")) {
            mounts.append(mounts.isEmpty() ? "" : ",\n  ");
            mounts.append("{\"destination\": \"/").append(directory).append("\", \"type\": \"none\", \"source\": \"/");
            mounts.append(directory).append("\", \"options\": [\"rbind\", \"ro\"]}");
        }
        return mounts.toString();
    }

    private static long pid() throws IOException {
        String state = Commands.succeed("crun", "state", NAME);
        return Long.parseLong(state.replaceAll("(?s).*\"pid\": (\\d+).*", "$1"));
    }
}
