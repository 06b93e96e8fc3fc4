// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.advice.Place.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceDetectorTest {

    private static final String ID = "3f2a9c0d1e4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddee0";
    private static final String INITIAL = "         0          0 4294967295\n";
    private static final String USER = "Name:\tjava\nUid:\t1000\t1000\t1000\t1000\nSeccomp:\t0\n";

    @ParameterizedTest
    @CsvSource({
        "0::/system.slice/kafka.service, SYSTEM_SERVICE, kafka.service",
        "0::/system.slice/system-app.slice/app@blue.service, SYSTEM_SERVICE, app@blue.service",
        "1:name=systemd:/system.slice/tomcat.service, SYSTEM_SERVICE, tomcat.service",
        "0::/system.slice/kafka.service/worker, SYSTEM_SERVICE, kafka.service",
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/ide.service, USER_SERVICE, ide.service",
        "0::/user.slice/user-1000.slice/session-3.scope, LOGIN, ''",
        "0::/system.slice/ssh.service, LOGIN, ssh.service",
        "0::/system.slice/cron.service, LOGIN, cron.service",
        "0::/, LOGIN, ''"
    })
    void systemdPlacesComeFromTheCgroup(String cgroup, Kind kind, String unit) {
        Place place = PlaceDetector.detect(evidence(cgroup, "", Map.of(), false, ""));

        assertThat(place.kind()).isEqualTo(kind);
        assertThat(place.unit()).isEqualTo(unit);
    }

    @Test
    void dockerIsKnownByItsCgroupAndByItsFile() {
        Place byCgroup =
                PlaceDetector.detect(evidence("0::/system.slice/docker-" + ID + ".scope", "", Map.of(), false, ""));
        // With a cgroup namespace the cgroup says nothing; a file mounted from Docker's directory has the id.
        String mount = "756 743 8:1 /var/lib/docker/containers/" + ID
                + "/hostname /etc/hostname rw,relatime - ext4 /dev/sda1 rw\n";
        Place byFile = PlaceDetector.detect(evidence("0::/", mount, Map.of(), true, ""));

        assertThat(byCgroup.kind()).isEqualTo(Kind.DOCKER);
        assertThat(byCgroup.containerId()).isEqualTo(ID);
        assertThat(byFile.kind()).isEqualTo(Kind.DOCKER);
        assertThat(byFile.containerId()).isEqualTo(ID);
    }

    @Test
    void kubernetesIsKnownByCgroupVariableOrServiceAccount() {
        String pod = "0::/kubepods.slice/kubepods-burstable.slice/kubepods-pod1.slice/cri-containerd-" + ID + ".scope";
        Map<String, String> variables = Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "HOSTNAME", "db-0");

        assertThat(PlaceDetector.detect(evidence(pod, "", Map.of(), false, "")).kind())
                .isEqualTo(Kind.KUBERNETES);
        assertThat(PlaceDetector.detect(evidence("0::/", "", Map.of(), false, "prod"))
                        .podNamespace())
                .isEqualTo("prod");
        Place place = PlaceDetector.detect(evidence("0::/", "", variables, false, ""));
        assertThat(place.kind()).isEqualTo(Kind.KUBERNETES);
        assertThat(place.pod()).isEqualTo("db-0");
        assertThat(place.unit()).isEqualTo("containerd.service");
    }

    @Test
    void userNamespaceAndFilterAreSeen() {
        Place place = PlaceDetector.detect(new PlaceEvidence(
                "0::/",
                "",
                "0 1000 1\n",
                "Uid:\t0\t0\t0\t0\nSeccomp:\t2\n",
                false,
                false,
                "",
                Map.of(),
                "root",
                "/jdk",
                7,
                true,
                "init",
                "kthreadd"));

        assertThat(place.isUserNamespace()).isTrue();
        assertThat(place.isFiltered()).isTrue();
        assertThat(PlaceDetector.detect(evidence("0::/", "", Map.of(), false, ""))
                        .isUserNamespace())
                .isFalse();
    }

    @Test
    void nothingReadableIsALogin() {
        Place place = PlaceDetector.detect(
                new PlaceEvidence("", "", "", "", false, false, "", Map.of(), "", "", 7, true, "", ""));

        assertThat(place.kind()).isEqualTo(Kind.LOGIN);
    }

    /** A container of a runtime that leaves no mark, such as crun by itself. */
    @Test
    void aPidNamespaceOfItsOwnIsAContainerWhosePidsAreNotTyped() {
        Place first = PlaceDetector.detect(inside(1, "java", ""));
        Place later = PlaceDetector.detect(inside(7, "sh", ""));
        Place hidden = PlaceDetector.detect(inside(7, "", ""));

        assertThat(first.kind()).isEqualTo(Kind.OTHER_CONTAINER);
        assertThat(first.pid()).isZero();
        assertThat(later.kind()).isEqualTo(Kind.OTHER_CONTAINER);
        assertThat(hidden.kind()).as("/proc tells nothing of others").isEqualTo(Kind.LOGIN);
    }

    @Test
    void seenFromOutsideItsPidIsThatOfTheHost() {
        Place place = PlaceDetector.detect(new PlaceEvidence(
                "0::/",
                "",
                INITIAL,
                USER + "NSpid:\t4242\t1\n",
                false,
                false,
                "",
                Map.of(),
                "alice",
                "/jdk",
                4242,
                false,
                "systemd",
                "kthreadd"));

        assertThat(place.kind()).isEqualTo(Kind.OTHER_CONTAINER);
        assertThat(place.pid()).isEqualTo(4242);
    }

    private static PlaceEvidence inside(long pid, String firstProcess, String secondProcess) {
        return new PlaceEvidence(
                "0::/",
                "",
                INITIAL,
                USER,
                false,
                false,
                "",
                Map.of(),
                "alice",
                "/jdk",
                pid,
                true,
                firstProcess,
                secondProcess);
    }

    /** Pasted with -A or --all in place of a name, the remedy would delete every pod there is. */
    @ParameterizedTest
    @ValueSource(strings = {"web; touch x; #", "--all", "-A", "web -A", ".", "$(id)", "WEB", ""})
    void aPodIsNamedOnlyIfThatCanBeItsName(String name) {
        Map<String, String> variables = Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "HOSTNAME", name);
        String remedy = new Remedy(PlaceDetector.detect(evidence("0::/", "", variables, false, "root:x:0:0\nbin")))
                .raiseLimit(0)
                .text();

        assertThat(remedy).contains("kubectl delete pod POD -n NAMESPACE").doesNotContain("root:x");
    }

    @Test
    void aUnitIsNoOptionOfSystemctl() {
        String remedy = new Remedy(
                        PlaceDetector.detect(evidence("0::/system.slice/--now.service", "", Map.of(), false, "")))
                .raiseLimit(0)
                .text();

        assertThat(remedy).contains("systemctl restart -- --now.service");
    }

    @Test
    void whatAProcessCallsItselfIsOneWordToTheShell() {
        Place login =
                PlaceDetector.detect(evidence("0::/", "", Map.of("SUDO_USER", "eve'; touch x\ntouch y; '"), false, ""));
        assertThat(new Remedy(login).raiseLimit(1).text().lines()).noneMatch(line -> line.startsWith("touch"));
        assertThat(login.describe()).doesNotContain("\n");
    }

    private static PlaceEvidence evidence(
            String cgroup, String mounts, Map<String, String> environment, boolean dockerEnv, String podNamespace) {
        return new PlaceEvidence(
                cgroup,
                mounts,
                INITIAL,
                USER,
                dockerEnv,
                false,
                podNamespace,
                environment,
                "alice",
                "/jdk",
                7,
                true,
                "systemd",
                "kthreadd");
    }
}
