// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.attach.AttachRequest.Action;
import io.memlock.hotspot.JvmFlags;
import io.memlock.jvms.JavaCommand;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.ProcDirectory;
import io.memlock.memory.Selection;
import io.memlock.output.Console;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a /proc of one JVM. It cannot be attached to: nothing tells when it was started. */
class AttachClientTest {

    private static final long PID = 1 << 22;

    @TempDir
    private Path root;

    @TempDir
    private Path files;

    private Path process;
    private long user;

    @BeforeEach
    void makeProcess() throws IOException {
        process = Files.createDirectories(root.resolve(Long.toString(PID)));
        user = Integer.toUnsignedLong((Integer) Files.getAttribute(process, "unix:uid"));
        String status = "Name:\tjava\nUid:\t" + user + "\t" + user + "\n";
        Files.writeString(process.resolve("status"), status);
        Files.writeString(Files.createDirectories(root.resolve("1")).resolve("status"), status);
        for (Path each : List.of(process, root.resolve("self"))) {
            Files.createSymbolicLink(Files.createDirectories(each.resolve("ns")).resolve("mnt"), Path.of("mnt:[1]"));
        }
        Files.createSymbolicLink(root.resolve("self/root"), Path.of("/"));
    }

    /** It shares the mount namespace. */
    @Test
    void aJvmInAnotherRootDirectoryLooksForTheJarThere() throws IOException {
        Files.createSymbolicLink(process.resolve("root"), files);
        Path here = Files.createFile(root.resolve("here.jar"));
        Files.createFile(files.resolve("there.jar"));

        assertThatThrownBy(() -> attach(here)).hasMessageContaining("does not find " + here);
        assertThatThrownBy(() -> attach(Path.of("/there.jar"))).hasMessageContaining("ended just now");
    }

    @Test
    void aJvmInTheSameRootDirectoryFindsTheJarHere() throws IOException {
        Files.createSymbolicLink(process.resolve("root"), Path.of("/"));
        Path here = Files.createFile(root.resolve("here.jar"));

        assertThatThrownBy(() -> attach(here)).hasMessageContaining("ended just now");
        assertThatThrownBy(() -> attach(Path.of("/there.jar"))).hasMessageContaining("there is no file /there.jar");
    }

    @Test
    void aPathThatEndsForTheJvmAtAnEqualsSignIsRefused() throws IOException {
        Files.createSymbolicLink(process.resolve("root"), Path.of("/"));
        Path jar = Files.createFile(root.resolve("env=prod.jar"));

        assertThatThrownBy(() -> attach(jar))
                .hasMessageContaining("path with '='")
                .hasMessageContaining("--jar");
    }

    private void attach(Path jar) throws Exception {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
        ProcDirectory proc = new ProcDirectory(root);
        new AttachClient(
                        Console.of(nowhere, nowhere, "pipe:[1]", Map.of()),
                        proc,
                        new Jvms(proc, 1),
                        null,
                        new File(jar.toString()))
                .ask(
                        new Jvm(PID, user, new JavaCommand("app.jar", new JvmFlags(List.of())), false, 1),
                        Action.LOCK,
                        "",
                        Selection.NOTHING);
    }
}
