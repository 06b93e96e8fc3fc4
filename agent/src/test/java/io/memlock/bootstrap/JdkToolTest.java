// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JdkToolTest {

    @ParameterizedTest
    @CsvSource({
        ",, false",
        "jdk.jcmd, sun.tools.jps.Jps, true",
        "java.base, sun.security.tools.keytool.Main, true",
        "jdk.compiler, com.sun.tools.javac.Main, true",
        "jdk.compiler, com.sun.tools.javac.launcher.Main, false",
        "jdk.compiler, com.sun.tools.javac.launcher.SourceLauncher, false",
        "com.example.app, com.example.Main, false"
    })
    void toolsAreTheMainClassesOfTheJdksModules(String module, String mainClass, boolean tool) {
        assertThat(JdkTool.isTool(module, mainClass)).isEqualTo(tool);
    }
}
