// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.advice.Deployment.Kind;
import io.memlock.advice.DeploymentEvidence.ContainerMarks;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentDetectorTest {

    private static final ContainerMarks NO_MARKS = new ContainerMarks(false, false, "");
    private static final String ID = "3f2a9c0d1e4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddee0";
    private static final String INITIAL = "         0          0 4294967295\n";
    private static final String USER = "Name:\tjava\nUid:\t1000\t1000\t1000\t1000\nSeccomp:\t0\n";

    @ParameterizedTest
    @CsvSource({
        "0::/system.slice/kafka.service, SYSTEM_SERVICE, kafka.service",
        "0::/system.slice/system-app.slice/app@blue.service, SYSTEM_SERVICE, app@blue.service",
        "1:name=systemd:/system.slice/tomcat.service, SYSTEM_SERVICE, tomcat.service",
        "0::/system.slice/kafka.service/worker, SYSTEM_SERVICE, kafka.service",
        "0::/system.slice/_memory.service, SYSTEM_SERVICE, memory.service",
        "0::/system.slice/__x.service, SYSTEM_SERVICE, _x.service",
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/ide.service, USER_SERVICE, ide.service",
        "0::/user.slice/user-1000.slice/session-3.scope, LOGIN, ''",
        "0::/system.slice/ssh.service, LOGIN, ssh.service",
        "0::/system.slice/cron.service, LOGIN, cron.service",
        "0::/system.slice/ssh@5-10.0.0.1:22-10.0.0.2:4711.service, LOGIN, ssh@5-10.0.0.1:22-10.0.0.2:4711.service",
        "0::/system.slice/system-getty.slice/getty@tty1.service, LOGIN, getty@tty1.service",
        "0::/system.slice/system-serial.slice/serial-getty@ttyS0.service, LOGIN, serial-getty@ttyS0.service",
        "0::/user.slice/user-1000.slice/user@1000.service/session-3.scope, LOGIN, user@1000.service",
        "0::/user.slice/user-1000.slice/user@1000.service/tmux-spawn-1b2c.scope, LOGIN, user@1000.service",
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope/x, LOGIN, user@1000.service",
        "0::/system.slice/system-user.slice/user@blue.service, SYSTEM_SERVICE, user@blue.service",
        "0::/system.slice/system-superuser.slice/superuser@1.service, SYSTEM_SERVICE, superuser@1.service",
        "0::/, LOGIN, ''"
    })
    void systemdPlacesComeFromTheCgroup(String cgroup, Kind kind, String unit) {
        Deployment deployment = DeploymentDetector.detect(evidence(cgroup, "", Map.of(), false, ""));

        assertThat(deployment.kind()).isEqualTo(kind);
        assertThat(deployment.unit()).isEqualTo(unit);
    }

    /** As with sudo in it: root's own manager decides about nothing there. */
    @ParameterizedTest
    @CsvSource({
        "/user.slice/user-1000.slice/user@1000.service/app.slice/ide.service, 1000",
        "/user.slice/user-1000.slice/user@1000.service/tmux-spawn-1b2c.scope, 0",
        "/system.slice/kafka.service, 0"
    })
    void aUsersUnitIsOfItsManagersUser(String cgroup, long uid) {
        assertThat(DeploymentDetector.detect(new DeploymentEvidence(
                                "0::" + cgroup,
                                "",
                                INITIAL,
                                "Uid:\t0\t0\t0\t0\n",
                                NO_MARKS,
                                Map.of(),
                                "root",
                                "/jdk",
                                7,
                                true,
                                "systemd",
                                "kthreadd"))
                        .uid())
                .isEqualTo(uid);
    }

    @Test
    void dockerIsKnownByItsCgroupAndByItsFile() {
        Deployment byCgroup = DeploymentDetector.detect(
                evidence("0::/system.slice/docker-" + ID + ".scope", "", Map.of(), false, ""));
        // With a cgroup namespace the cgroup says nothing; a file mounted from Docker's directory has the id.
        String mount = "756 743 8:1 /var/lib/docker/containers/" + ID
                + "/hostname /etc/hostname rw,relatime - ext4 /dev/sda1 rw\n";
        Deployment byFile = DeploymentDetector.detect(evidence("0::/", mount, Map.of(), true, ""));

        assertThat(byCgroup.kind()).isEqualTo(Kind.DOCKER);
        assertThat(byCgroup.containerId()).isEqualTo(ID);
        assertThat(byFile.kind()).isEqualTo(Kind.DOCKER);
        assertThat(byFile.containerId()).isEqualTo(ID);
    }

    /** As on a virtual machine whose disk was made of an image of Docker. */
    @Test
    void dockersFileAloneMakesNoContainer() {
        String disk = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n";
        String hosting = disk + "90 27 0:50 / /var/lib/docker/containers/" + ID + "/mounts/shm rw - tmpfs shm rw\n";

        assertThat(dockerEnvWith(disk)).isEqualTo(Kind.LOGIN);
        assertThat(dockerEnvWith(hosting)).as("a host with containers").isEqualTo(Kind.LOGIN);
        assertThat(DeploymentDetector.detect(evidence("0::/system.slice/app.service", disk, Map.of(), true, ""))
                        .kind())
                .isEqualTo(Kind.SYSTEM_SERVICE);
    }

    /** The kernel's threads are seen with {@code --pid=host}, and the cgroup is "/" with a cgroup namespace. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "620 500 0:55 / / rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A",
                "620 500 0:55 / / rw - overlay overlay rw,lowerdir=/var/lib/containerd/io.containerd.snapshotter.v1",
                "620 500 8:1 /docker/btrfs/subvolumes/1 / rw - btrfs /dev/sda1 rw\n" + "756 620 8:1 /docker/containers/"
                        + ID + "/hostname /etc/hostname rw - btrfs /dev/sda1 rw",
                ""
            })
    void dockersFileIsBelievedWithMountsOfItsOrWithoutAnyToRead(String mounts) {
        assertThat(dockerEnvWith(mounts)).isEqualTo(Kind.DOCKER);
    }

    @Test
    void dockersFileIsBelievedInAPidNamespace() {
        assertThat(DeploymentDetector.detect(new DeploymentEvidence(
                                "0::/",
                                "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n",
                                INITIAL,
                                USER,
                                new ContainerMarks(true, false, ""),
                                Map.of(),
                                "alice",
                                "/jdk",
                                1,
                                true,
                                "java",
                                ""))
                        .kind())
                .isEqualTo(Kind.DOCKER);
    }

    private static Kind dockerEnvWith(String mounts) {
        return DeploymentDetector.detect(evidence("0::/", mounts, Map.of(), true, ""))
                .kind();
    }

    @Test
    void kubernetesIsKnownByCgroupVariableOrServiceAccount() {
        String pod = "0::/kubepods.slice/kubepods-burstable.slice/kubepods-pod1.slice/cri-containerd-" + ID + ".scope";
        Map<String, String> variables = Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "HOSTNAME", "db-0");

        assertThat(DeploymentDetector.detect(evidence(pod, "", Map.of(), false, ""))
                        .kind())
                .isEqualTo(Kind.KUBERNETES);
        assertThat(DeploymentDetector.detect(evidence("0::/", "", Map.of(), false, "prod"))
                        .podNamespace())
                .isEqualTo("prod");
        Deployment deployment = DeploymentDetector.detect(evidence("0::/", "", variables, false, ""));
        assertThat(deployment.kind()).isEqualTo(Kind.KUBERNETES);
        assertThat(deployment.pod()).isEqualTo("db-0");
        assertThat(deployment.unit()).isEqualTo("containerd.service");
    }

    @Test
    void userNamespaceAndFilterAreSeen() {
        Deployment deployment = DeploymentDetector.detect(new DeploymentEvidence(
                "0::/",
                "",
                "0 1000 1\n",
                "Uid:\t0\t0\t0\t0\nSeccomp:\t2\n",
                NO_MARKS,
                Map.of(),
                "root",
                "/jdk",
                7,
                true,
                "init",
                "kthreadd"));

        assertThat(deployment.isUserNamespace()).isTrue();
        assertThat(deployment.isFiltered()).isTrue();
        assertThat(deployment.uid()).as("outside, where its limit is raised").isEqualTo(1000);
        assertThat(deployment.user()).as("root inside").isEmpty();
        assertThat(DeploymentDetector.detect(evidence("0::/", "", Map.of(), false, ""))
                        .isUserNamespace())
                .isFalse();
    }

    @Test
    void nothingReadableIsALogin() {
        Deployment deployment = DeploymentDetector.detect(
                new DeploymentEvidence("", "", "", "", NO_MARKS, Map.of(), "", "", 7, true, "", ""));

        assertThat(deployment.kind()).isEqualTo(Kind.LOGIN);
        assertThat(deployment.pid()).as("perhaps another process's outside").isZero();
    }

    /** As while no file descriptor is left: what is told then must not be remembered. */
    @Test
    void isIncompleteWithoutTheStatusOrTheCgroup() {
        assertThat(evidence("0::/", "", Map.of(), false, "").isComplete()).isTrue();
        assertThat(evidence("", "", Map.of(), false, "").isComplete()).isFalse();
        assertThat(new DeploymentEvidence("0::/", "", "", "", NO_MARKS, Map.of(), "", "", 7, true, "", "").isComplete())
                .isFalse();
    }

    /** A container of a runtime that leaves no mark, such as crun by itself. */
    @Test
    void aPidNamespaceOfItsOwnIsAContainerWhosePidsAreNotTyped() {
        Deployment first = DeploymentDetector.detect(inside(1, "java", ""));
        Deployment later = DeploymentDetector.detect(inside(7, "sh", ""));
        Deployment hidden = DeploymentDetector.detect(inside(7, "", ""));

        assertThat(first.kind()).isEqualTo(Kind.OTHER_CONTAINER);
        assertThat(first.pid()).isZero();
        assertThat(later.kind()).isEqualTo(Kind.OTHER_CONTAINER);
        assertThat(hidden.kind()).as("/proc tells nothing of others").isEqualTo(Kind.LOGIN);
    }

    @Test
    void seenFromOutsideItsPidIsThatOfTheHost() {
        Deployment deployment = DeploymentDetector.detect(new DeploymentEvidence(
                "0::/",
                "",
                INITIAL,
                USER + "NSpid:\t4242\t1\n",
                NO_MARKS,
                Map.of(),
                "alice",
                "/jdk",
                4242,
                false,
                "systemd",
                "kthreadd"));

        assertThat(deployment.kind()).isEqualTo(Kind.OTHER_CONTAINER);
        assertThat(deployment.pid()).isEqualTo(4242);
    }

    /** Whoever reads is in the container as well: the limit is raised on the host, where the process has another id. */
    @Test
    void seenFromInsideItsContainerAnotherProcessIsInOneToo() {
        Deployment other = DeploymentDetector.detect(seen("0::/", 7, false, "sh", ""));
        Deployment service =
                DeploymentDetector.detect(seen("0::/system.slice/app.service", 7, false, "systemd", "app"));
        Deployment hidden = DeploymentDetector.detect(seen("0::/", 7, false, "", ""));
        Deployment onHost = DeploymentDetector.detect(seen("0::/", 7, false, "systemd", "kthreadd"));

        assertThat(other.kind()).isEqualTo(Kind.OTHER_CONTAINER);
        assertThat(other.pid()).isZero();
        assertThat(service.kind()).as("as the service says itself").isEqualTo(Kind.OTHER_CONTAINER);
        assertThat(hidden.kind()).isEqualTo(Kind.LOGIN);
        assertThat(onHost.kind()).isEqualTo(Kind.LOGIN);
        assertThat(onHost.pid()).isEqualTo(7);
    }

    private static DeploymentEvidence inside(long pid, String firstProcess, String secondProcess) {
        return seen("0::/", pid, true, firstProcess, secondProcess);
    }

    private static DeploymentEvidence seen(
            String cgroup, long pid, boolean isSelf, String firstProcess, String secondProcess) {
        return new DeploymentEvidence(
                cgroup,
                "",
                INITIAL,
                USER,
                NO_MARKS,
                Map.of(),
                "alice",
                "/jdk",
                pid,
                isSelf,
                firstProcess,
                secondProcess);
    }

    /** Pasted with -A or --all in place of a name, the remedy would delete every pod there is. */
    @ParameterizedTest
    @ValueSource(strings = {"web; touch x; #", "--all", "-A", "web -A", ".", "$(id)", "WEB", ""})
    void aPodIsNamedOnlyIfThatCanBeItsName(String name) {
        Map<String, String> variables = Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "HOSTNAME", name);
        String remedy = new Remedy(DeploymentDetector.detect(evidence("0::/", "", variables, false, "root:x:0:0\nbin")))
                .raiseLimit(0)
                .text();

        assertThat(remedy).contains("kubectl delete pod POD -n NAMESPACE").doesNotContain("root:x");
    }

    @Test
    void aUnitIsNoOptionOfSystemctl() {
        String remedy = new Remedy(
                        DeploymentDetector.detect(evidence("0::/system.slice/--now.service", "", Map.of(), false, "")))
                .raiseLimit(0)
                .text();

        assertThat(remedy).contains("systemctl restart -- --now.service");
    }

    /** limits.conf(5) would raise the limit of everybody, of a group, or whatever a line of its own says. */
    @ParameterizedTest
    @ValueSource(
            strings = {"*", "@users", "%", ":0", "x\n* hard nofile 1", "a b", "a\tb", "a#", "-a", "../a", "alice", ""})
    void theLoginBehindSudoIsAnotherUserWithAName(String name) {
        Deployment login = DeploymentDetector.detect(evidence("0::/", "", Map.of("SUDO_USER", name), false, ""));

        assertThat(login.startedAs()).isEmpty();
        assertThat(new Remedy(login).raiseLimit(0).text()).containsOnlyOnce("limits.d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bob", "_app-1", "CORP\\nathan", "nathan@corp.example", "j\u00f6rg", "host$"})
    void theLoginBehindSudoMayHaveANameOfADirectory(String name) {
        assertThat(DeploymentDetector.detect(evidence("0::/", "", Map.of("SUDO_USER", name), false, ""))
                        .startedAs())
                .isEqualTo(name);
    }

    @Test
    void whatAProcessCallsItselfIsOneWordToTheShell() {
        Deployment login = DeploymentDetector.detect(
                evidence("0::/", "", Map.of("SUDO_USER", "eve'; touch x\ntouch y; '"), false, ""));
        assertThat(new Remedy(login).raiseLimit(1).text().lines()).noneMatch(line -> line.startsWith("touch"));
        assertThat(login.describe()).doesNotContain("\n");
    }

    private static DeploymentEvidence evidence(
            String cgroup, String mounts, Map<String, String> environment, boolean dockerEnv, String podNamespace) {
        return new DeploymentEvidence(
                cgroup,
                mounts,
                INITIAL,
                USER,
                new ContainerMarks(dockerEnv, false, podNamespace),
                environment,
                "alice",
                "/jdk",
                7,
                true,
                "systemd",
                "kthreadd");
    }

    @ParameterizedTest
    @CsvSource({
        "0::/machine.slice/libpod-1.scope, PODMAN",
        "4:memory:/docker/1, DOCKER",
        "0::/system.slice/docker-1.scope, DOCKER",
        "0::/lxc.payload.web/init.scope, OTHER_CONTAINER",
        "0::/default/cri-containerd-1.scope, OTHER_CONTAINER",
        "0::/default/crio-1.scope, OTHER_CONTAINER",
        "0::/machine.slice/machine-web.scope, OTHER_CONTAINER",
        "0::/machine.slice/systemd-nspawn@web.service/payload/system.slice/app.service, OTHER_CONTAINER",
        "0::/system.slice/web.service/libpod-payload-1, PODMAN",
        "0::/libpod_parent/libpod-1, PODMAN",
        "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-1.scope/container, PODMAN",
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/docker-1.scope, DOCKER",
        "0::/system.slice/docker-1.scope/init.scope, DOCKER",
        "0::/lxc/web, OTHER_CONTAINER",
        "0::/default/crio-1, OTHER_CONTAINER",
        "0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod1.slice/crio-1.scope, KUBERNETES",
        "0::/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:1, KUBERNETES"
    })
    void containersAreKnownByTheirCgroup(String cgroup, Kind kind) {
        assertThat(DeploymentDetector.detect(evidence(cgroup, "", Map.of(), false, ""))
                        .kind())
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker-billing.service",
                "docker-be.service",
                "docker.service",
                "libpod-exporter.service",
                "lxc-web.service",
                "lxcfs.service",
                "crio-metrics.service",
                "cri-containerd-1.service",
                "kubepods-exporter.service"
            })
    void aUnitThatIsCalledLikeAContainersIsNone(String unit) {
        Deployment deployment =
                DeploymentDetector.detect(evidence("0::/system.slice/" + unit, "", Map.of(), false, ""));

        assertThat(deployment.kind()).isEqualTo(Kind.SYSTEM_SERVICE);
        assertThat(deployment.unit()).isEqualTo(unit);
    }

    @ParameterizedTest
    @CsvSource({"podman, PODMAN", "lxc, OTHER_CONTAINER", "systemd-nspawn, OTHER_CONTAINER"})
    void containersAreKnownByTheirVariable(String container, Kind kind) {
        assertThat(DeploymentDetector.detect(evidence("0::/", "", Map.of("container", container), false, ""))
                        .kind())
                .isEqualTo(kind);
    }

    /** As where somebody sets it, or sources the environment of a pod: to restart the node's runtime helps nobody. */
    @ParameterizedTest
    @CsvSource({
        "/user.slice/user-1000.slice/session-3.scope, KUBERNETES_SERVICE_HOST, LOGIN",
        "/user.slice/user-1000.slice/session-3.scope, container, LOGIN",
        "/system.slice/app.service, KUBERNETES_SERVICE_HOST, SYSTEM_SERVICE",
        "/system.slice/app.service, container, SYSTEM_SERVICE"
    })
    void aVariableAloneMakesNoContainer(String cgroup, String variable, Kind kind) {
        String host = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n90 27 0:50 / /var/lib/docker/containers/" + ID
                + "/mounts/shm rw - tmpfs shm rw\n91 27 0:51 / /var/lib/kubelet/pods/1/volumes/x rw - tmpfs tmpfs rw\n";

        assertThat(DeploymentDetector.detect(evidence("0::" + cgroup, host, Map.of(variable, "podman"), false, ""))
                        .kind())
                .isEqualTo(kind);
    }

    /** The kernel's threads are seen with {@code hostPID}; the cgroup is "/" with a cgroup namespace. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "620 500 0:55 / / rw - overlay overlay rw,lowerdir=/var/lib/containerd/io.containerd.snapshotter.v1",
                "756 620 8:1 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/" + ID
                        + "/hostname /etc/hostname rw - ext4 /dev/sda1 rw",
                "756 620 0:25 /containers/storage/overlay-containers/" + ID
                        + "/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw"
            })
    void aVariableIsBelievedWithTheMountsOfAContainer(String mounts) {
        Map<String, String> variables = Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1");

        assertThat(DeploymentDetector.detect(evidence("0::/", mounts, variables, false, ""))
                        .kind())
                .isEqualTo(Kind.KUBERNETES);
    }

    @Test
    void aVariableIsBelievedInAPidNamespace() {
        DeploymentEvidence outside = new DeploymentEvidence(
                "0::/",
                "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n",
                INITIAL,
                USER + "NSpid:\t4242\t1\n",
                NO_MARKS,
                Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
                "alice",
                "/jdk",
                4242,
                false,
                "systemd",
                "kthreadd");

        assertThat(DeploymentDetector.detect(outside).kind()).isEqualTo(Kind.KUBERNETES);
    }

    /** Nested, the cgroup of a container may say less than the files and mounts inside of it. */
    @Test
    void containersAreKnownByTheirFilesAndTheirRoot() {
        String overlay = "620 500 0:55 / / rw,relatime - overlay overlay rw,lowerdir=";
        DeploymentEvidence podman = new DeploymentEvidence(
                "0::/",
                "",
                INITIAL,
                USER,
                new ContainerMarks(false, true, ""),
                Map.of(),
                "alice",
                "/jdk",
                7,
                true,
                "systemd",
                "kthreadd");

        assertThat(DeploymentDetector.detect(podman).kind()).isEqualTo(Kind.PODMAN);
        for (String storage : new String[] {"/var/lib/containerd/1", "/var/lib/containers/storage/1", "/x/docker/1"}) {
            assertThat(DeploymentDetector.detect(evidence("0::/", overlay + storage + "\n", Map.of(), false, ""))
                            .kind())
                    .as(storage)
                    .isEqualTo(Kind.OTHER_CONTAINER);
        }
        assertThat(DeploymentDetector.detect(evidence("0::/", overlay + "/live/root.squashfs\n", Map.of(), false, ""))
                        .kind())
                .as("a live system")
                .isEqualTo(Kind.LOGIN);
        String elsewhere = overlay.replace(" / / ", " / /var/lib/docker/overlay2/1/merged ");
        assertThat(DeploymentDetector.detect(evidence("0::/", elsewhere + "/var/lib/docker/1\n", Map.of(), false, ""))
                        .kind())
                .as("a host with containers")
                .isEqualTo(Kind.LOGIN);
    }

    @Test
    void ofSeveralHierarchiesSystemdsTellsTheUnit() {
        String cgroup =
                """
                12:cpu,cpuacct:/system.slice/a-much-longer-path/batch.service
                no hierarchy
                :
                1:name=systemd:/system.slice/tomcat.service
                0::/
                """;

        assertThat(DeploymentDetector.detect(evidence(cgroup, "", Map.of(), false, ""))
                        .unit())
                .isEqualTo("tomcat.service");
        assertThat(DeploymentDetector.cgroupPath("11:memory:/kubepods/burstable/pod1/2\n1:name=systemd:/\n"))
                .isEqualTo("/kubepods/burstable/pod1/2");
        assertThat(DeploymentDetector.cgroupPath("2:cpu:/a\n0::/b/c\n1:name=systemd:/b\n"))
                .isEqualTo("/b/c");
    }

    @Test
    void aContainersIdHasSixtyFourDigitsInARow() {
        String mounts = "1 0 8:1 /srv/" + ID + "/x /x rw - ext4 /dev/sda1 rw\n"
                + "2 0 8:1 /var/lib/containers/none/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n"
                + "3 0 8:1 /run/sandboxes/" + ID + "/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n";

        assertThat(idOf("0::/" + ID, "")).isEqualTo(ID);
        assertThat(idOf("0::/" + ID + "0", "")).isEmpty();
        assertThat(idOf("0::/" + ID.substring(1), "")).isEmpty();
        assertThat(idOf("0::/", mounts)).isEqualTo(ID);
        assertThat(idOf("0::/", mounts.substring(0, mounts.indexOf("3 0")))).isEmpty();
    }

    private static String idOf(String cgroup, String mounts) {
        return DeploymentDetector.detect(evidence(cgroup, mounts, Map.of(), false, ""))
                .containerId();
    }

    @ParameterizedTest
    @CsvSource({
        "/kubepods/pod1/crio-1, '', crio.service",
        "/kubepods/pod1/1, /var/lib/containers/storage/1, crio.service",
        "/kubepods/pod1/1, /var/lib/rancher/k3s/agent/1, k3s.service",
        "/kubepods/pod1/1, /var/lib/rancher/rke2/agent/containerd/1, rke2-server.service",
        "/kubepods/pod1/1, /var/lib/k0s/containerd/1, k0sworker.service",
        "/kubepods/pod1/1, /var/snap/microk8s/common/var/lib/containerd/1, snap.microk8s.daemon-containerd.service",
        "/kubepods/pod1/1, /var/lib/containerd/1, containerd.service"
    })
    void theUnitOfAPodIsItsNodesRuntime(String path, String mount, String unit) {
        assertThat(DeploymentDetector.detect(evidence("0::" + path, mount, Map.of(), false, ""))
                        .unit())
                .isEqualTo(unit);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "63, true", "64, false"})
    void aPodsNameIsNoLongerThanAHostNamesPart(int length, boolean isName) {
        String name = "a".repeat(length);
        Map<String, String> variables = Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "HOSTNAME", name);

        assertThat(DeploymentDetector.detect(evidence("0::/", "", variables, false, ""))
                        .pod())
                .isEqualTo(isName ? name : "");
    }

    @Test
    void aPodMayBeNamedByADomainAndItsNamespaceMayNot() {
        Map<String, String> variables = Map.of("HOSTNAME", "db-0.db");

        Deployment deployment = DeploymentDetector.detect(evidence("0::/kubepods/1", "", variables, false, "prod.x"));

        assertThat(deployment.pod()).isEqualTo("db-0.db");
        assertThat(deployment.podNamespace()).isEmpty();
    }

    @Test
    void outsideOfKubernetesNobodyIsAPod() {
        Deployment deployment = DeploymentDetector.detect(evidence("0::/", "", Map.of("HOSTNAME", "host"), false, ""));

        assertThat(deployment.pod()).isEmpty();
    }

    @Test
    void whoseProcessItIsAndWhereItsJdkIsAreTold() {
        Deployment deployment = DeploymentDetector.detect(evidence("0::/", "", Map.of("SUDO_USER", "bob"), false, ""));

        assertThat(deployment.uid()).isEqualTo(1000);
        assertThat(deployment.user()).isEqualTo("alice");
        assertThat(deployment.startedAs()).isEqualTo("bob");
        assertThat(deployment.isFiltered()).isFalse();
        assertThat(deployment.javaHome()).isEqualTo("/jdk");
        assertThat(deployment.pid()).isEqualTo(7);
    }

    @Test
    void aLineThatTellsOfNoMountIsPassedOver() {
        assertThat(DeploymentDetector.detect(evidence("0::/", "620 500 0:55 /\n\n", Map.of(), false, ""))
                        .kind())
                .isEqualTo(Kind.LOGIN);
    }
}
