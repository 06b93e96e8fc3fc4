// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.Smaps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Containers. Each is judged from the host of the container, which is the guest, and pods also by a probe inside. */
final class ContainerCases {

    /** What Docker leaves to root. */
    private static final List<String> CAPABILITIES = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_FSETID",
            "CAP_FOWNER",
            "CAP_MKNOD",
            "CAP_NET_RAW",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETFCAP",
            "CAP_SETPCAP",
            "CAP_NET_BIND_SERVICE",
            "CAP_SYS_CHROOT",
            "CAP_KILL",
            "CAP_AUDIT_WRITE");

    private static final String IPC_LOCK = "CAP_IPC_LOCK";
    private static final String AGENT = "-javaagent:/opt/memlock-agent.jar=mode=all";

    /** What the layer of the container image holds for this architecture, unpacked. */
    private static final Path IMAGE = Path.of("/opt/image");

    /** As packaging/containers/kubernetes.yaml has it. */
    private static final List<String> POD =
            List.of("JAVA_TOOL_OPTIONS=-javaagent:/memlock/memlock-agent.jar", "MEMLOCK_OPTIONS=mode=all");

    private static final List<String> IN_KUBERNETES = List.of("KUBERNETES_SERVICE_HOST=10.0.0.1");

    private static final long KERNEL_DEFAULT = 8L << 20;

    /** More than the small JVM takes. */
    private static final long ENOUGH = 1L << 30;

    private final Jdk jdk;

    ContainerCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list() {
        return List.of(
                new Case("container of root with IPC_LOCK is locked", () -> is(true, 0, true, KERNEL_DEFAULT)),
                new Case("container of root without a limit is locked", () -> is(true, 0, false, Container.UNLIMITED)),
                new Case(
                        "container of uid 1000 without a limit is locked",
                        () -> is(true, 1000, false, Container.UNLIMITED)),
                new Case("container of root with 8 MiB says it is not", () -> is(false, 0, false, KERNEL_DEFAULT)),
                new Case(
                        "container of uid 1000 with 8 MiB says it is not", () -> is(false, 1000, true, KERNEL_DEFAULT)),
                new Case("container is locked from outside", this::isLockedFromOutside),
                new Case(
                        "pod with the image as a volume and IPC_LOCK passes its probe",
                        () -> answers("MEMLOCK OK", 0, List.of(IPC_LOCK), KERNEL_DEFAULT)),
                new Case(
                        "pod with the image as a volume and a limit of 1 GiB passes its probe",
                        () -> answers("MEMLOCK OK", 0, List.of(), ENOUGH)),
                new Case(
                        "pod with the image as a volume and a limit of 8 MiB fails its probe",
                        () -> answers("MEMLOCK CRITICAL", 2, List.of(), KERNEL_DEFAULT)));
    }

    private String is(boolean locked, int uid, boolean ipcLock, long limit) throws IOException {
        try (ForkedJvm crun = docker(uid, ipcLock, limit, List.of(AGENT)).start()) {
            crun.awaitLine("ready");
            Case.check(Judge.saysNotLocked(crun.stderr()) != locked, crun.stderr());
            crun.ask("grow 100");
            if (locked) {
                Judge.everythingBecomesLocked(Container.pid(), "grown", crun);
            } else {
                Case.check(Smaps.of(Container.pid()).chargedBytes() <= limit, "more is charged than the limit");
            }
            crun.send("exit");
            Case.check(crun.awaitExit().exitStatus() == 0, "it did not end well: " + crun.stderr());
        } finally {
            Container.delete();
        }
        return "";
    }

    private Container docker(int uid, boolean ipcLock, long limit, List<String> flags) {
        List<String> capabilities = new ArrayList<>(CAPABILITIES);
        if (ipcLock) {
            capabilities.add(IPC_LOCK);
        }
        return new Container(jdk, uid, capabilities, limit, flags, List.of(), null);
    }

    private String isLockedFromOutside() throws IOException {
        try (ForkedJvm crun = docker(0, true, KERNEL_DEFAULT, List.of()).start()) {
            crun.awaitLine("ready");
            String pid = Long.toString(Container.pid());
            String attach = Apps.memlock(jdk, List.of(), "attach", pid).toString();
            Case.check(attach.startsWith("exit status 0"), attach);
            crun.ask("grow 100");
            Judge.nothingIsUnlocked(Container.pid(), "attached and grown; " + attach, crun);
        } finally {
            Container.delete();
        }
        return "";
    }

    /** A pod's container runs as root with no capability but those that are given, and its probe is the command of the jar. */
    private String answers(String answer, int status, List<String> capabilities, long limit) throws IOException {
        List<String> environment = new ArrayList<>(POD);
        environment.addAll(IN_KUBERNETES);
        Container pod = new Container(jdk, 0, capabilities, limit, List.of(), environment, IMAGE);
        try (ForkedJvm crun = pod.start()) {
            crun.awaitLine("ready");
            crun.ask("grow 100");
            if (status == 0) {
                Judge.everythingBecomesLocked(Container.pid(), "grown", crun);
            } else {
                Case.check(Judge.saysNotLocked(crun.stderr()) && crun.stderr().contains("\"IPC_LOCK\""), crun.stderr());
            }
            Outcome probe = Container.exec(jdk.java().toString(), "-jar", "/memlock/memlock-agent.jar", "check");
            Case.check(probe.exitStatus() == status && probe.stdout().startsWith(answer), probe.toString());
            return probe.stdout();
        } finally {
            Container.delete();
        }
    }
}
