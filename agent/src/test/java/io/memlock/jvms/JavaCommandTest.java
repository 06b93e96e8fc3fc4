// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaCommandTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/usr/bin/java -Xmx1g -cp a.jar:b.jar Main x -jar y.jar | Main",
                "java -jar /opt/app/server.jar --port 1                 | server.jar",
                "java -jar -Dprofile=prod -cp x /opt/app/server.jar -v  | server.jar",
                "java -jar @arguments                                   | java",
                "java --module-path mods -m org.app/org.app.Main        | org.app.Main",
                "java --module=org.app/org.app.Main                     | org.app.Main",
                "java -p mods @arguments --add-modules a,b Main         | Main",
                "java Tool.java -v                                      | Tool.java",
                "/opt/jsvc/jsvc -home x                                 | jsvc",
                "java -version                                          | java",
                "java org.elasticsearch.bootstrap.server.cluster.Elasticsearch | o.e.b.server.cluster.Elasticsearch"
            })
    void namesWhatRuns(String cmdline, String name) {
        assertThat(parse(cmdline).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "java -Xmx512m Main,                          536870912",
        "java -Xmx1g -Xmx2G Main,                     2147483648",
        "java -XX:MaxHeapSize=1024 Main,              1024",
        "java -jar -Xmx1g app.jar -Xmx2g,             1073741824",
        "java Main -Xmx1g,                            -1",
        "java -Xmxlots Main,                          -1",
        "java Main,                                   -1"
    })
    void findsTheHeapLimitThatCountsInTheEnd(String cmdline, long bytes) {
        assertThat(parse(cmdline).flags().heapMaxBytes()).isEqualTo(bytes);
    }

    @Test
    void countsOptionsOfTheEnvironmentAsTheJvmDoes() {
        Map<String, String> environment =
                Map.of("JAVA_TOOL_OPTIONS", "-Xmx1k -XX:+DisableAttachMechanism", "_JAVA_OPTIONS", "-Xmx3k");
        JavaCommand command = JavaCommand.parse("java\0-Xmx2k\0Main\0", environment, counter -> null);

        assertThat(command.flags().heapMaxBytes()).isEqualTo(3 << 10);
        assertThat(command.flags().isOn("DisableAttachMechanism", false)).isTrue();
        assertThat(command.flags().mentions("DisableAttachMechanism")).isTrue();
        assertThat(command.flags().mentions("EnableDynamicAgentLoading")).isFalse();
    }

    @Test
    void asksTheJvmWhatAnArgumentFileSays() {
        Map<String, String> published =
                Map.of("java.rt.vmArgs", "-Xmx1k -Xmx4k", "sun.rt.javaCommand", "org.app/org.app.Main some arguments");

        JavaCommand command =
                JavaCommand.parse("java\0-Xmx2k\0@options\0", Map.of("_JAVA_OPTIONS", "-Xss3k"), published::get);

        assertThat(command.flags().heapMaxBytes()).isEqualTo(4 << 10);
        assertThat(command.flags().has("-Xss3k")).isTrue();
        assertThat(command.name()).isEqualTo("org.app.Main");
    }

    @Test
    void namesAJarAfterItsFile() {
        assertThat(JavaCommand.parse("java\0@options\0", Map.of(), counter -> "/opt/app/server.jar x")
                        .name())
                .isEqualTo("server.jar");
    }

    private static JavaCommand parse(String words) {
        return JavaCommand.parse(words.replaceAll(" +", "\0") + "\0", Map.of(), counter -> null);
    }
}
