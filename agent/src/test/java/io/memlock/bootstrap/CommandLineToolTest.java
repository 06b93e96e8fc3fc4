// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineToolTest {

    @ParameterizedTest
    @CsvSource({
        ",,, false",
        "jdk.jcmd, sun.tools.jps.Jps,, true",
        "java.base, sun.security.tools.keytool.Main,, true",
        "jdk.compiler, com.sun.tools.javac.Main,, true",
        "jdk.compiler, com.sun.tools.javac.launcher.Main,, false",
        "jdk.compiler, com.sun.tools.javac.launcher.SourceLauncher,, false",
        "com.example.app, com.example.Main, com.example.app/com.example.Main jdk.jshell.execution., false",
        ",, jdk.jshell.execution.RemoteExecutionControl 33333, true",
        ",, com.example.Main jdk.jshell.execution.RemoteExecutionControl, false"
    })
    void toolsAreTheMainClassesOfTheJdksModules(String module, String mainClass, String command, boolean tool) {
        assertThat(CommandLineTool.isOfTheJdk(module, mainClass, command)).isEqualTo(tool);
    }

    @ParameterizedTest
    @CsvSource({
        "io.memlock.bootstrap.MemlockCommand,               app.jar,   true",
        "io.memlock.bootstrap.MemlockCommand status 1,      app.jar,   true",
        "io.memlock.bootstrap.MemlockCommandLine,           app.jar,   false",
        "com.example.Main io.memlock.bootstrap.MemlockCommand, app.jar, false",
        "JAR,                                               JAR,       true",
        "JAR doctor 4242,                                   JAR,       true",
        "JARx doctor,                                       JAR,       false",
        "com.example.Main JAR,                              JAR,       false",
        "JAR,                                               app.jar,   false",
        "OTHER,                                             OTHER,     false",
        ",,                                                 false"
    })
    void oursIsTheMainClassOfTheAgentJar(String command, String classPath, boolean ours, @TempDir Path directory)
            throws IOException {
        File jar = jar(directory.resolve("memlock agent.jar"), "io.memlock.bootstrap.MemlockCommand");
        File other = jar(directory.resolve("other.jar"), "com.example.Main");

        assertThat(CommandLineTool.isOurs(jar, named(command, jar, other), named(classPath, jar, other)))
                .isEqualTo(ours);
    }

    @Test
    void anApplicationsJarWithOurClassesIsTheApplications(@TempDir Path directory) throws IOException {
        File jar = jar(directory.resolve("app.jar"), "com.example.Main");

        assertThat(CommandLineTool.isOurs(jar, jar + " run", jar.toString())).isFalse();
    }

    private static String named(String text, File jar, File other) {
        return text == null ? null : text.replace("JAR", jar.toString()).replace("OTHER", other.toString());
    }

    private static File jar(Path path, String mainClass) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
        new JarOutputStream(Files.newOutputStream(path), manifest).close();
        return path.toFile();
    }
}
