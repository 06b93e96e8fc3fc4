// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.advice.Deployment.Kind;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Remedies, pasted into a shell whose commands only note down what they were called with. */
class RemedyTest {

    private static final long MIB = 1 << 20;

    @TempDir
    private Path directory;

    @Test
    void aUnitIsChangedFirstThenReadAgainThenRestarted() throws Exception {
        List<String> typed = paste(remedy(Kind.SYSTEM_SERVICE).raiseLimit(0).lasting());

        assertThat(typed)
                .containsExactly(
                        "sudo mkdir -p /etc/systemd/system/app.service.d",
                        "sudo tee /etc/systemd/system/app.service.d/zz-memlock-limit.conf < [Service] LimitMEMLOCK=infinity",
                        "sudo systemctl daemon-reload",
                        "sudo systemctl restart app.service");
    }

    /** The packaged one, which starts the agent, is called memlock.conf; what "systemctl edit" makes override.conf. */
    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"SYSTEM_SERVICE", "USER_SERVICE", "KUBERNETES"})
    void aDropInReplacesNoneOfOthersAndIsReadAfterThem(Kind kind) {
        Pattern written = Pattern.compile("service\\.d/(\\S+)");
        List<String> names = written.matcher(remedy(kind).raiseLimit(0).lasting())
                .results()
                .map(file -> file.group(1))
                .toList();

        assertThat(names).isNotEmpty().allSatisfy(name -> assertThat(name).isGreaterThan("override.conf"));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theProcessIsHelpedBeforeAnythingEndsIt(Kind kind) throws Exception {
        List<String> typed = paste(remedy(kind).raiseLimit(300 * MIB).text());

        assertThat(typed.get(0)).isEqualTo("sudo prlimit --pid 4242 --memlock=unlimited:unlimited");
        assertThat(typed.subList(1, typed.size())).noneMatch(line -> line.contains("4242"));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aPidThatIsNotThatOfWhoeverTypesIsNotTyped(Kind kind) {
        Deployment deployment = deployment(kind, "app.service", "db-0", "alice", 0);

        assertThat(new Remedy(deployment).raiseLimit(0).text()).doesNotContain("--pid");
    }

    @Test
    void aUsersLimitIsInAFileOfItsOwn() throws Exception {
        List<String> alice = paste(login("alice", 1000).raiseLimit(0).lasting());
        List<String> bob = paste(login("bob", 1001).raiseLimit(0).lasting());
        List<String> nobody = paste(login("", 4711).raiseLimit(0).lasting());

        assertThat(alice)
                .containsExactly("sudo tee /etc/security/limits.d/90-memlock-alice.conf < alice - memlock unlimited");
        assertThat(bob)
                .containsExactly("sudo tee /etc/security/limits.d/90-memlock-bob.conf < bob - memlock unlimited");
        assertThat(nobody)
                .containsExactly(
                        "sudo tee /etc/security/limits.d/90-memlock-uid-4711.conf < :4711 - memlock unlimited");
    }

    /** limits.conf(5) ends a name at a blank, and gives {@code *} and {@code @} a meaning of their own. */
    @ParameterizedTest
    @ValueSource(strings = {"CORP\\john smith", "a\tb", "a#b", "@a", "%a", "*", ":a"})
    void aUserWhoseNameNoLineTakesIsNamedByNumber(String name) throws Exception {
        assertThat(paste(login(name, 1000).raiseLimit(0).lasting()))
                .containsExactly(
                        "sudo tee /etc/security/limits.d/90-memlock-uid-1000.conf < :1000 - memlock unlimited");
    }

    @Test
    void aBackslashInAUsersNameStaysOne() {
        assertThat(login("CORP\\nathan", 1000).raiseLimit(0).lasting())
                .startsWith("printf '%s\\n' 'CORP\\nathan - memlock unlimited' |");
    }

    /** A pane of tmux has the limit of the login; a terminal of a desktop may have that of the user's service manager. */
    @Test
    void belowAUsersServiceManagerBothThatAndTheLoginAreRaised() throws Exception {
        Remedy pane = new Remedy(new Deployment(
                Kind.LOGIN, "user@1000.service", "", "", "", "alice", 1000, "", false, false, "/jdk", 4242));

        assertThat(paste(pane.raiseLimit(0).lasting()))
                .containsExactly(
                        "sudo tee /etc/security/limits.d/90-memlock-alice.conf < alice - memlock unlimited",
                        "sudo mkdir -p /etc/systemd/system/user@1000.service.d",
                        "sudo tee /etc/systemd/system/user@1000.service.d/zz-memlock-limit.conf"
                                + " < [Service] LimitMEMLOCK=infinity",
                        "sudo systemctl daemon-reload");
    }

    @Test
    void aNumberIsNamedOnlyIfItHolds() {
        assertThat(remedy(Kind.SYSTEM_SERVICE).raiseLimit(300 * MIB - 1).text())
                .contains("instead of infinity: LimitMEMLOCK=314572800");
        assertThat(login("alice", 1000).raiseLimit(300 * MIB).text()).contains("instead of unlimited: 307200");
        assertThat(remedy(Kind.DOCKER).raiseLimit(300 * MIB).text()).contains("--ulimit memlock=314572800");
        for (Kind kind : Kind.values()) {
            assertThat(remedy(kind).raiseLimit(-1).text()).doesNotContain("instead of");
            assertThat(remedy(kind).raiseLimit(0).text()).doesNotContain("instead of");
        }
    }

    @Test
    void aUsersUnitGetsNoMoreThanItsManagerWhichIsRaisedFirst() throws Exception {
        String remedy = remedy(Kind.USER_SERVICE).raiseLimit(0).lasting();

        assertThat(remedy).startsWith("# app.service gets no more than the service manager of uid 1000 has");
        assertThat(paste(remedy))
                .containsExactly(
                        "sudo mkdir -p /etc/systemd/system/user@1000.service.d",
                        "sudo tee /etc/systemd/system/user@1000.service.d/zz-memlock-limit.conf"
                                + " < [Service] LimitMEMLOCK=infinity",
                        "sudo systemctl daemon-reload",
                        "mkdir -p " + directory + "/.config/systemd/user/app.service.d",
                        "tee " + directory + "/.config/systemd/user/app.service.d/zz-memlock-limit.conf"
                                + " < [Service] LimitMEMLOCK=infinity",
                        "sudo systemctl restart user@1000.service");
    }

    @Test
    void aContainerWhoseRuntimeHasNoRootIsRaisedOutsideFirst() {
        assertThat(inUserNamespace(Kind.PODMAN, 1000).raiseLimit(0).text())
                .contains("podman run --ulimit memlock=-1:-1", "rootless or uses --userns", "the user who runs podman");
        assertThat(inUserNamespace(Kind.DOCKER, 1000).raiseLimit(0).text())
                .contains("docker run --ulimit memlock=-1:-1", "rootless or uses userns-remap")
                .contains("If it is rootless, first raise");
        assertThat(remedy(Kind.PODMAN).raiseLimit(0).text())
                .contains("podman run --ulimit memlock=-1:-1")
                .doesNotContain("rootless");
    }

    @Test
    void anotherRuntimeIsToldANumberThatHoldsOrThatThereIsNoLimit() {
        assertThat(remedy(Kind.OTHER_CONTAINER).raiseLimit(300 * MIB).text())
                .contains("\"soft\": 314572800, \"hard\": 314572800", "lxc.prlimit.memlock = unlimited");
        assertThat(remedy(Kind.OTHER_CONTAINER).raiseLimit(0).text())
                .contains("\"soft\": 18446744073709551615, \"hard\": 18446744073709551615");
    }

    @Test
    void aPodIsRaisedOnItsNodeThenMadeAnew() throws Exception {
        assertThat(paste(remedy(Kind.KUBERNETES).raiseLimit(0).lasting()))
                .containsExactly(
                        "sudo mkdir -p /etc/systemd/system/app.service.d",
                        "sudo tee /etc/systemd/system/app.service.d/zz-memlock-limit.conf < [Service] LimitMEMLOCK=infinity",
                        "sudo systemctl daemon-reload",
                        "sudo systemctl restart app.service",
                        "kubectl delete pod db-0 -n db-0");
    }

    @ParameterizedTest
    @CsvSource({
        "k3s.service, k3s-agent.service",
        "rke2-server.service, rke2-agent.service",
        "k0sworker.service, k0scontroller.service"
    })
    void bothNamesOfANodesUnitAreTold(String unit, String other) throws Exception {
        String remedy = new Remedy(deployment(Kind.KUBERNETES, unit, "db-0", "alice", 7))
                .raiseLimit(0)
                .lasting();

        assertThat(remedy).contains("on nodes that have no " + unit + ", type " + other + " in its place");
        assertThat(paste(remedy)).contains("sudo systemctl restart " + unit);
        assertThat(remedy(Kind.KUBERNETES).raiseLimit(0).lasting()).doesNotContain("in its place");
    }

    /** To others than root the capability in the spec alone gives nothing. */
    @Test
    void onlyRootIsToldThatTheCapabilityInTheSpecIsEnough() {
        Deployment root =
                new Deployment(Kind.KUBERNETES, "app.service", "", "db-0", "", "root", 0, "", false, false, "/jdk", 7);

        assertThat(new Remedy(root).raiseLimit(0).text())
                .contains("# or, because the container runs as root", "add: [\"IPC_LOCK\"]")
                .doesNotContain("setcap");
        assertThat(remedy(Kind.KUBERNETES).raiseLimit(0).text())
                .contains("does nothing for uid 1000", "setcap cap_ipc_lock+ep /jdk/app.service/bin/java")
                .doesNotContain("runs as root");
    }

    /** There no capability counts, whoever has it: neither in the spec, nor of a file. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1000})
    void aPodInAUserNamespaceIsToldOfNoCapabilityThatItMayAdd(long uid) {
        assertThat(inUserNamespace(Kind.KUBERNETES, uid).raiseLimit(0).text())
                .contains("LimitMEMLOCK=infinity", "kubectl delete pod", "IPC_LOCK does nothing here")
                .doesNotContain("add: [", "setcap");
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"DOCKER", "PODMAN"})
    void aSeccompProfileIsGivenToTheRuntimeThatThereIs(Kind kind) {
        String command = kind == Kind.DOCKER ? "docker" : "podman";

        assertThat(remedy(kind).allowCalls().text())
                .contains("#   " + command + " run --security-opt seccomp=PROFILE.json")
                .contains("mlock, mlock2, mlockall, munlock, munlockall and msync");
    }

    @ParameterizedTest
    @CsvSource({"9, 262144", "70000, 262144", "131071, 262144", "131072, 524288", "200000, 524288"})
    void twiceAsManyMappingsAsThereAreMayBeMadeAtLeast(long mappings, long enough) throws Exception {
        assertThat(paste(remedy(Kind.SYSTEM_SERVICE).raiseMappings(mappings).text()))
                .containsExactly(
                        "sudo tee /etc/sysctl.d/90-memlock.conf < vm.max_map_count = " + enough,
                        "sudo sysctl -p /etc/sysctl.d/90-memlock.conf");
    }

    @Test
    void moreMappingsAreAllowedOnTheHostOnly() {
        assertThat(remedy(Kind.DOCKER).raiseMappings(9).text()).startsWith("# on the host:\n");
        assertThat(remedy(Kind.LOGIN).raiseMappings(9).text()).startsWith("echo ");
    }

    @Test
    void aUnitWithoutAFilterOfItsOwnIsLeftAlone() throws Exception {
        String remedy = remedy(Kind.SYSTEM_SERVICE).allowCalls().text();

        assertThat(paste("systemctl() { log systemctl \"$@\"; }\n" + remedy))
                .containsExactly("systemctl show --property=SystemCallFilter --value app.service");
        assertThat(paste("systemctl() { echo read; }\n" + remedy))
                .contains("sudo tee /etc/systemd/system/app.service.d/memlock-calls.conf"
                        + " < [Service] SystemCallFilter=@memlock msync")
                .endsWith("sudo systemctl daemon-reload", "sudo systemctl restart app.service");
    }

    /** What a hostile process controls: its unit's, pod's and user's names, and where its JDK is. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void namesAreDataWhateverIsInThem(Kind kind) throws Exception {
        String mark = directory.resolve("hacked").toString();
        for (String name : List.of(
                "a'; touch " + mark + " #.service",
                "a$(touch " + mark + ").service",
                "a`touch " + mark + "`.service",
                "a\ntouch " + mark + "\n.service",
                "a\\x2db.service",
                "a\u001b[2Jb.service")) {
            Remedy remedy = new Remedy(deployment(kind, name, name, name, 4242));
            for (Advice advice : List.of(remedy.raiseLimit(MIB), remedy.allowCalls(), remedy.raiseMappings(9))) {
                paste(advice.text());
                assertThat(advice.text()).doesNotContain("\u001b");
            }
            assertThat(new File(mark)).as(name).doesNotExist();
        }
    }

    private static Remedy remedy(Kind kind) {
        return new Remedy(deployment(kind, "app.service", "db-0", "alice", 4242));
    }

    private static Remedy inUserNamespace(Kind kind, long uid) {
        return new Remedy(new Deployment(kind, "app.service", "", "", "", "", uid, "", true, false, "/jdk", 7));
    }

    private static Remedy login(String user, long uid) {
        return new Remedy(new Deployment(Kind.LOGIN, "", "", "", "", user, uid, "", false, false, "/jdk", 4242));
    }

    private static Deployment deployment(Kind kind, String unit, String pod, String user, long pid) {
        return new Deployment(kind, unit, "", pod, pod, user, 1000, user, false, true, "/jdk/" + unit, pid);
    }

    /** Returns the commands that were called, in order, with what they were given to read. */
    private List<String> paste(String lines) throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Files.deleteIfExists(log);
        String script = "log() { if [ -p /dev/stdin ]; then echo \"$* < $(tr '\\n' ' ' | sed 's/ $//')\";"
                + " else echo \"$*\"; fi >> " + log + "; }\n"
                + "sudo() { log sudo \"$@\"; }\n"
                + "for command in kubectl docker podman tee mkdir systemctl; do"
                + " eval \"$command() { log $command \\\"\\$@\\\"; }\"; done\n" + lines + "\n";
        assertThat(run("bash", "-n", Files.writeString(directory.resolve("remedy"), lines)))
                .as("bash -n")
                .isEmpty();
        assertThat(run("bash", "--norc", Files.writeString(directory.resolve("script"), script)))
                .as("output of%n%s", lines)
                .doesNotContain("not found", "syntax error");
        return Files.exists(log) ? Files.readAllLines(log) : new ArrayList<>();
    }

    private String run(Object... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Stream.of(command).map(Object::toString).toList())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true);
        builder.environment().put("HOME", directory.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
