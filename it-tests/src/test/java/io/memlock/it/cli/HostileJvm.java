// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import io.memlock.it.apps.MappedFilesApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM of a user without privileges who may lay out a mount namespace as he likes, and names everything so that it harms
 * whoever prints, pastes or opens it.
 */
final class HostileJvm implements AutoCloseable {

    /** What is printed of it would move the cursor, colour the screen, and look like lines of other processes. */
    static final String NAME =
            "evil\u001b[2J\u001b]0;owned\u0007\r\n4242424 1.0 GiB 1.0 GiB 1.0 GiB 0 B 0 yes fine locked\n";

    /** Of a Kubernetes pod; would be run as a command where it is pasted. */
    static final String POD = "web; touch pasted; #";

    /** The longest argument the kernel passes on is 131,072 bytes. */
    private static final int LONG = 130_000;

    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--");

    private final Path directory;
    private final ForkedJvm jvm;

    private HostileJvm(Path directory, ForkedJvm jvm) {
        this.directory = directory;
        this.jvm = jvm;
    }

    /** Whether a user without privileges may have namespaces of his own here. */
    static boolean isPossible() {
        return Commands.run(List.of("setpriv", "--reuid=65534", "--clear-groups", "unshare", "-r", "-m", "true"))
                        .exitStatus()
                == 0;
    }

    /**
     * Starts one.
     *
     * @param directory everybody may enter it; for all its files
     * @param counters the file of performance counters that it has mapped
     */
    static HostileJvm start(Path directory, Jdk jdk, byte[] counters) throws IOException {
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Commands.succeed("cp", "-r", AgentJar.testClasses().resolve("io").toString(), classes.toString());
        for (String name : List.of("jdk", "traps", "mapped", "mapped/hsperfdata_nobody")) {
            Files.createDirectories(directory.resolve(name));
        }
        Files.write(directory.resolve("counters"), counters);
        Files.write(Files.createDirectories(directory.resolve("mapped/" + NAME)).resolve(NAME), new byte[1]);
        ForkedJvm jvm = ForkedJvm.on(jdk)
                .wrapper(AS_NOBODY)
                .wrapper(List.of("prlimit", "--memlock=65536:65536", "unshare", "-r", "-m"))
                .wrapper(List.of("bash", "-ec", script(directory, jdk), "bash"))
                .classPath(classes)
                .flags("-Xmx64m", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1")
                .environment("HOSTNAME", POD)
                .environment("KUBERNETES_SERVICE_HOST", "10.0.0.1")
                .environment("NAME", NAME)
                .main(MappedFilesApp.class, directory.resolve("mapped").toString())
                .start();
        jvm.awaitLine("ready");
        return new HostileJvm(directory, jvm);
    }

    /** Its process id. */
    long pid() {
        return jvm.pid();
    }

    /** What it has printed. */
    String stdout() {
        return jvm.stdout();
    }

    /** Whether it still answers. */
    boolean isWell() {
        return !jvm.ask("count").isEmpty();
    }

    /** Has a name that root's commands read lead to something else. */
    void trap(String name, String... command) throws IOException {
        Files.deleteIfExists(directory.resolve("traps").resolve(name));
        List<String> words = new ArrayList<>(List.of(command));
        words.add(directory.resolve("traps").resolve(name).toString());
        Commands.succeed(words.toArray(String[]::new));
    }

    @Override
    public void close() {
        jvm.close();
    }

    /**
     * A JDK whose files lead to the traps, counters by the name of its own, a mount as of a container, a place of Kubernetes that
     * leads to the traps, too, and a long name for the program.
     */
    private static String script(Path directory, Jdk jdk) {
        return """
                mount -t tmpfs tmpfs %1$s/jdk
                for part in %2$s/*; do
                    if [ -d "$part" ]; then
                        mkdir %1$s/jdk/${part##*/}
                        mount --rbind "$part" %1$s/jdk/${part##*/}
                    fi
                done
                ln -s %1$s/traps/release %1$s/jdk/release
                mount -t tmpfs tmpfs %1$s/mapped/hsperfdata_nobody
                cp %1$s/counters %1$s/mapped/hsperfdata_nobody/$$
                container=%1$s/jdk/containers/$(printf '%%064d' 0)
                mkdir -p $container
                mount --bind $container $container
                mount -t tmpfs tmpfs /run
                mkdir -p /run/secrets/kubernetes.io
                ln -s %1$s/traps /run/secrets/kubernetes.io/serviceaccount
                shift
                long="$(printf '%%0%3$dd' 0)"
                exec -a "$NAME$long" %1$s/jdk/bin/java "$@"
                """
                .formatted(directory, jdk.home(), LONG - NAME.length());
    }
}
