// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.doctor.Finding.Severity;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** On the captured machine only /tmp exists, and is on the root file system. */
class LibraryDirectoryTest extends OnCapturedHost {

    private static final String MOUNTS = "proc/17258/mountinfo";
    private static final String NOEXEC = "50 27 0:40 / /tmp rw,nosuid,noexec - tmpfs tmpfs rw\n";

    @Test
    void tmpWillDo() throws IOException {
        assertThat(finding()).isEqualTo(Finding.ok("library place", "/tmp"));
    }

    @Test
    void anotherPlaceWillDoWhereTmpIsNoexec() throws IOException {
        mount(NOEXEC);
        host.put("proc/17258/root/var/tmp/file", "");

        Finding finding = finding();

        assertThat(finding.severity()).isEqualTo(Severity.OK);
        assertThat(finding.evidence()).startsWith("/var/tmp; not usable: /tmp (noexec), ");
    }

    @Test
    void noexecEverywhereIsTheEnd() throws IOException {
        mount(NOEXEC);
        host.put("proc/17258/root/dev/shm/file", "");
        mount("51 27 0:41 / /dev/shm rw,noexec - tmpfs tmpfs rw\n");

        Finding finding = finding();

        assertThat(finding.severity()).isEqualTo(Severity.FAIL);
        assertThat(finding.evidence())
                .contains(
                        "/tmp (noexec)", "/dev/shm (noexec)", "/root (no such directory)", "/run (no such directory)");
        assertThat(finding.remedy()).contains("-Djava.io.tmpdir=DIRECTORY");
    }

    /** The agent asks the user database then, and finds what is not seen from outside. */
    @Test
    void withoutAHomeItIsNotTheEnd() throws IOException {
        mount(NOEXEC);
        host.replace("proc/17258/environ", "HOME=[^\0]*\0", "");

        assertThat(finding().severity()).isEqualTo(Severity.WARN);
        assertThat(finding().evidence()).contains("home directory");
    }

    @Test
    void theAgentThatIsThereHasFoundAPlace() throws IOException {
        mount(NOEXEC);
        ExaminedJvm examined = new ExaminedJvmBuilder().withAgent().build();

        assertThat(new LibraryDirectory(host.proc(), examined).finding().severity())
                .isEqualTo(Severity.OK);
    }

    @Test
    void readOnlyIsNoPlaceEither() throws IOException {
        mount("50 27 0:40 / /tmp ro - tmpfs tmpfs rw\n");
        assertThat(finding().evidence()).contains("/tmp (read-only)");
        mount("51 27 0:40 / /tmp rw - tmpfs tmpfs ro\n");
        assertThat(finding().evidence()).contains("/tmp (read-only)");
        assertThat(finding().severity()).isEqualTo(Severity.FAIL);
    }

    @Test
    void theJvmsOwnTemporaryDirectoryComesFirst() throws IOException {
        host.put("proc/17258/root/data/tmp/file", "");
        ExaminedJvm examined =
                new ExaminedJvmBuilder().options("-Djava.io.tmpdir=/data/tmp").build();

        assertThat(new LibraryDirectory(host.proc(), examined).finding())
                .isEqualTo(Finding.ok("library place", "/data/tmp"));
    }

    private void mount(String line) {
        host.replace(MOUNTS, "\\z", line);
    }

    private Finding finding() throws IOException {
        return new LibraryDirectory(host.proc(), new ExaminedJvmBuilder().build()).finding();
    }
}
