// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.advice.Deployment.Kind;
import io.memlock.memory.Mapping;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is seen from outside, by files below a directory. */
class DeploymentFilesTest {

    /** Nobody's, so that this host has nothing to say about it. */
    private static final int PID = Integer.MAX_VALUE;

    @TempDir
    private Path root;

    @BeforeEach
    void startProcess() throws IOException {
        Object uid = Files.getAttribute(root, "unix:uid");
        put(
                "status",
                captured("jdk17-g1/status")
                        .replaceAll("Uid:.*", "Uid:\t" + (uid + "\t").repeat(4).trim()));
        put("cgroup", "0::/\n");
        put("uid_map", "         0          0 4294967295\n");
        put("root/etc/hostname", "host\n");
    }

    @Test
    void aProcessWithoutAnyMarkIsALogin() {
        Deployment deployment = deployment();

        assertThat(deployment.kind()).isEqualTo(Kind.LOGIN);
        assertThat(deployment.pid()).isEqualTo(PID);
        assertThat(deployment.user()).isEmpty();
        assertThat(deployment.javaHome()).isEmpty();
        assertThat(deployment.isUserNamespace()).isFalse();
        assertThat(deployment.isFiltered()).isFalse();
    }

    @Test
    void itsUnitIsReadFromItsCgroup() throws IOException {
        put("cgroup", "0::/system.slice/kafka.service\n");

        assertThat(deployment().kind()).isEqualTo(Kind.SYSTEM_SERVICE);
        assertThat(deployment().unit()).isEqualTo("kafka.service");
    }

    @Test
    void theRuntimesMarkIsLookedForInItsOwnRoot() throws IOException {
        put("root/run/.containerenv", "");
        assertThat(deployment().kind()).isEqualTo(Kind.PODMAN);

        Files.delete(root.resolve("proc/" + PID + "/root/run/.containerenv"));
        put("root/.dockerenv", "");
        assertThat(deployment().kind()).isEqualTo(Kind.DOCKER);
    }

    @Test
    void thePodIsReadFromWhatItsContainerHas() throws IOException {
        put("root/var/run/secrets/kubernetes.io/serviceaccount/namespace", "prod\n");
        put("environ", "PATH=/bin\0HOSTNAME=db-0\0");

        assertThat(deployment().kind()).isEqualTo(Kind.KUBERNETES);
        assertThat(deployment().podNamespace()).isEqualTo("prod");
        assertThat(deployment().pod()).isEqualTo("db-0");
    }

    /** As where the command runs in the container of the JVM. */
    @Test
    void withoutTheKernelsThreadsItIsInAContainer() throws IOException {
        put("../1/comm", "sh\n");
        assertThat(deployment().kind()).isEqualTo(Kind.OTHER_CONTAINER);
        assertThat(deployment().pid()).isZero();

        put("../2/comm", "kthreadd\n");
        assertThat(deployment().kind()).isEqualTo(Kind.LOGIN);
        assertThat(deployment().pid()).isEqualTo(PID);
    }

    /** Nobody's name is as long, and a file may be endless. */
    @Test
    void aNamespaceTooLongToBeOneIsNone() throws IOException {
        put("root/var/run/secrets/kubernetes.io/serviceaccount/namespace", "a" + "\n".repeat(256));

        assertThat(deployment().kind()).isEqualTo(Kind.LOGIN);
    }

    @Test
    void itsJdkIsWhereItsLibraryIsMappedFrom() throws IOException {
        put(
                "maps",
                """
                7f0000000000-7f0000001000 r-xp 00000000 fe:00 1 /lib/libc.so.6
                7f0000001000-7f0000002000 r-xp 00000000 fe:00 2 /opt/jdk/lib/server/libjvm.so
                """);

        assertThat(deployment(proc().mappings(Long.toString(PID))).javaHome()).isEqualTo("/opt/jdk");
    }

    @Test
    void itsJdkInAChrootIsWhereItSeesIt() throws IOException {
        Path jail = Files.createDirectories(root.resolve("jail/etc")).getParent();
        Path link = root.resolve("proc/" + PID + "/root");
        Files.move(link, root.resolve("moved"));
        Files.createSymbolicLink(link, jail);
        put("maps", "7f0000001000-7f0000002000 r-xp 00000000 fe:00 2 " + jail + "/opt/jdk/lib/server/libjvm.so\n");

        assertThat(deployment(proc().mappings(Long.toString(PID))).javaHome()).isEqualTo("/opt/jdk");
    }

    @Test
    void aUserNamespaceAndAFilterAreSeen() throws IOException {
        put("uid_map", "0 1000 1\n");
        put("status", captured("jdk17-g1/status").replaceAll("Seccomp:.*", "Seccomp:\t2"));

        assertThat(deployment().isUserNamespace()).isTrue();
        assertThat(deployment().isFiltered()).isTrue();
    }

    @Test
    void aHiddenProcessIsALoginAndNoError() {
        Deployment deployment =
                DeploymentFiles.of(new ProcFs(root.resolve("none").toFile(), root.toFile()), PID, List.of());

        assertThat(deployment.kind()).isEqualTo(Kind.LOGIN);
        assertThat(deployment.pid()).isEqualTo(PID);
    }

    @Test
    void whoseAProcessIsTheHostTells() {
        long self = ProcessHandle.current().pid();
        String user = ProcessHandle.current().info().user().orElse("");

        assertThat(DeploymentFiles.of(new ProcFs(), self, List.of()).user()).isEqualTo(user);
    }

    @Test
    void thisProcessKnowsItsOwnJdkAndUser() {
        Deployment deployment = DeploymentDetector.detect(DeploymentFiles.ofThisProcess());

        assertThat(deployment.javaHome()).isEqualTo(System.getProperty("java.home"));
        assertThat(deployment.uid())
                .isEqualTo(
                        DeploymentFiles.of(new ProcFs(), ProcessHandle.current().pid(), List.of())
                                .uid());
        assertThat(deployment.pid()).isIn(0L, ProcessHandle.current().pid());
    }

    @Test
    void aPropertyDoesNotDecideWhoseLimitIsRaised() {
        String property = System.setProperty("user.name", "hdfs");
        try {
            assertThat(DeploymentFiles.ofThisProcess().user())
                    .isEqualTo(ProcessHandle.current().info().user().orElse(""));
        } finally {
            System.setProperty("user.name", property);
        }
    }

    private Deployment deployment() {
        return deployment(List.of());
    }

    private Deployment deployment(List<Mapping> mappings) {
        return DeploymentFiles.of(proc(), PID, mappings);
    }

    private ProcFs proc() {
        return new ProcFs(root.resolve("proc").toFile(), root.toFile());
    }

    private void put(String file, String text) throws IOException {
        Path path = root.resolve("proc/" + PID).resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static String captured(String name) throws IOException {
        try (InputStream in = DeploymentFilesTest.class.getResourceAsStream("/proc/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
