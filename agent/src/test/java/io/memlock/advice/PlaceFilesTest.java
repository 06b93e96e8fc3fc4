// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.advice.Place.Kind;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is seen from outside, by files below a directory. */
class PlaceFilesTest {

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
        Place place = place();

        assertThat(place.kind()).isEqualTo(Kind.LOGIN);
        assertThat(place.pid()).isEqualTo(PID);
        assertThat(place.user()).isEmpty();
        assertThat(place.javaHome()).isEmpty();
        assertThat(place.isUserNamespace()).isFalse();
        assertThat(place.isFiltered()).isFalse();
    }

    @Test
    void itsUnitIsReadFromItsCgroup() throws IOException {
        put("cgroup", "0::/system.slice/kafka.service\n");

        assertThat(place().kind()).isEqualTo(Kind.SYSTEM_SERVICE);
        assertThat(place().unit()).isEqualTo("kafka.service");
    }

    @Test
    void theRuntimesMarkIsLookedForInItsOwnRoot() throws IOException {
        put("root/run/.containerenv", "");
        assertThat(place().kind()).isEqualTo(Kind.PODMAN);

        Files.delete(root.resolve("proc/" + PID + "/root/run/.containerenv"));
        put("root/.dockerenv", "");
        assertThat(place().kind()).isEqualTo(Kind.DOCKER);
    }

    @Test
    void thePodIsReadFromWhatItsContainerHas() throws IOException {
        put("root/var/run/secrets/kubernetes.io/serviceaccount/namespace", "prod\n");
        put("environ", "PATH=/bin\0HOSTNAME=db-0\0");

        assertThat(place().kind()).isEqualTo(Kind.KUBERNETES);
        assertThat(place().podNamespace()).isEqualTo("prod");
        assertThat(place().pod()).isEqualTo("db-0");
    }

    /** Nobody's name is as long, and a file may be endless. */
    @Test
    void aNamespaceTooLongToBeOneIsNone() throws IOException {
        put("root/var/run/secrets/kubernetes.io/serviceaccount/namespace", "a" + "\n".repeat(256));

        assertThat(place().kind()).isEqualTo(Kind.LOGIN);
    }

    @Test
    void itsJdkIsWhereItsLibraryIsMappedFrom() throws IOException {
        put(
                "maps",
                """
                7f0000000000-7f0000001000 r-xp 00000000 fe:00 1 /lib/libc.so.6
                7f0000001000-7f0000002000 r-xp 00000000 fe:00 2 /opt/jdk/lib/server/libjvm.so
                """);

        assertThat(place().javaHome()).isEqualTo("/opt/jdk");
    }

    @Test
    void aUserNamespaceAndAFilterAreSeen() throws IOException {
        put("uid_map", "0 1000 1\n");
        put("status", captured("jdk17-g1/status").replaceAll("Seccomp:.*", "Seccomp:\t2"));

        assertThat(place().isUserNamespace()).isTrue();
        assertThat(place().isFiltered()).isTrue();
    }

    @Test
    void aHiddenProcessIsALoginAndNoError() {
        Place place = PlaceFiles.of(new ProcFs(root.resolve("none").toFile(), root.toFile()), PID);

        assertThat(place.kind()).isEqualTo(Kind.LOGIN);
        assertThat(place.pid()).isEqualTo(PID);
    }

    @Test
    void whoseAProcessIsTheHostTells() {
        long self = ProcessHandle.current().pid();
        String user = ProcessHandle.current().info().user().orElse("");

        assertThat(PlaceFiles.of(new ProcFs(), self).user()).isEqualTo(user);
    }

    @Test
    void thisProcessKnowsItsOwnJdkAndUser() {
        Place place = PlaceFiles.ofThisProcess();

        assertThat(place.javaHome()).isEqualTo(System.getProperty("java.home"));
        assertThat(place.uid())
                .isEqualTo(PlaceFiles.of(new ProcFs(), ProcessHandle.current().pid())
                        .uid());
        assertThat(place.pid()).isIn(0L, ProcessHandle.current().pid());
    }

    private Place place() {
        return PlaceFiles.of(new ProcFs(root.resolve("proc").toFile(), root.toFile()), PID);
    }

    private void put(String file, String text) throws IOException {
        Path path = root.resolve("proc/" + PID).resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static String captured(String name) throws IOException {
        try (InputStream in = PlaceFilesTest.class.getResourceAsStream("/proc/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
