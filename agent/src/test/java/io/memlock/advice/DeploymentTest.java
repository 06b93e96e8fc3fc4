// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.advice.Deployment.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeploymentTest {

    private static final String ID = "3f2a9c0d1e4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddee0";

    @ParameterizedTest
    @CsvSource({
        "SYSTEM_SERVICE, 'the systemd unit app.service, user alice'",
        "USER_SERVICE, 'the systemd user unit app.service, user alice'",
        "DOCKER, 'a Docker container 3f2a9c0d1e4b, user alice'",
        "PODMAN, 'a Podman container 3f2a9c0d1e4b, user alice'",
        "OTHER_CONTAINER, 'a container 3f2a9c0d1e4b, user alice'",
        "KUBERNETES, 'the Kubernetes pod prod/db-0, user alice'",
        "LOGIN, 'a login, through sudo from bob, user alice'"
    })
    void saysWhereAProcessRuns(Kind kind, String text) {
        assertThat(deployment(kind, ID, "db-0", "prod", "alice", "bob", false).describe())
                .isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "DOCKER, '', '', 'a Docker container, uid 1000'",
        "KUBERNETES, '', prod, 'a Kubernetes pod in prod, uid 1000'",
        "KUBERNETES, '', '', 'a Kubernetes pod, uid 1000'",
        "KUBERNETES, db-0, '', 'the Kubernetes pod db-0, uid 1000'",
        "LOGIN, '', '', 'a login, uid 1000'"
    })
    void leavesOutWhatIsNotKnown(Kind kind, String pod, String namespace, String text) {
        assertThat(deployment(kind, "", pod, namespace, "", "", false).describe())
                .isEqualTo(text);
    }

    @Test
    void saysWhereCapabilitiesCountForNothing() {
        assertThat(deployment(Kind.LOGIN, "", "", "", "alice", "", true).describe())
                .isEqualTo("a login, user alice, in a user namespace");
    }

    @ParameterizedTest
    @CsvSource({
        "SYSTEM_SERVICE, false",
        "USER_SERVICE, false",
        "DOCKER, true",
        "PODMAN, true",
        "OTHER_CONTAINER, true",
        "KUBERNETES, true",
        "LOGIN, false"
    })
    void knowsContainers(Kind kind, boolean isContainer) {
        assertThat(deployment(kind, "", "", "", "", "", false).isContainer()).isEqualTo(isContainer);
    }

    private static Deployment deployment(
            Kind kind,
            String containerId,
            String pod,
            String namespace,
            String user,
            String startedAs,
            boolean isUserNamespace) {
        return new Deployment(
                kind,
                "app.service",
                containerId,
                pod,
                namespace,
                user,
                1000,
                startedAs,
                isUserNamespace,
                false,
                "/jdk",
                7);
    }
}
