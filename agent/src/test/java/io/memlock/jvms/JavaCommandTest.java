// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.hotspot.JvmFlags;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @Test
    void tellsApartWhatIsAbbreviatedToTheSame() {
        JavaCommand billing = parse("java org.example.department.billing.server.frontend.MainApplication");
        JavaCommand booking = parse("java org.example.department.booking.server.frontend.MainApplication");

        assertThat(billing.name())
                .isEqualTo("o.e.d.b.server.frontend.MainApplication")
                .isEqualTo(booking.name());
        assertThat(billing.isNamed("org.example.department.billing.server.frontend.MainApplication"))
                .isTrue();
        assertThat(booking.isNamed(billing.wholeName())).isFalse();
        assertThat(booking.isNamed(billing.name())).isTrue();
    }

    @Test
    void keepsTheWholeNameOfAJarUnlessNoneIsSoLong() {
        String jar = "a".repeat(100) + "-1.2.3.war";

        assertThat(parse("java -jar /opt/" + jar).wholeName()).isEqualTo(jar);
        assertThat(parse("java -jar /opt/" + jar).name()).isEqualTo("a".repeat(77) + "...");
        assertThat(parse("java " + "a.".repeat(100_000)).wholeName()).hasSize(1000);
        assertThat(parse("java a\u001b[2J").wholeName()).isEqualTo("a\\u001b[2J");
    }

    @ParameterizedTest
    @CsvSource({
        "java -Xmx512m Main,                          536870912",
        "java -Xmx1g -Xmx2G Main,                     2147483648",
        "java -XX:MaxHeapSize=1024 Main,              1024",
        "java -jar -Xmx1g app.jar -Xmx2g,             1073741824",
        "java Main -Xmx1g,                            -1",
        "java -Xmx0512m Main,                         536870912",
        "java -Xmx08m Main,                           8388608",
        "java -Xmx0x10m Main,                         16777216",
        "java -XX:MaxHeapSize=0X400 Main,             1024",
        "java -Xmxlots Main,                          -1",
        "java Main,                                   -1"
    })
    void findsTheHeapLimitThatCountsInTheEnd(String cmdline, long bytes) {
        assertThat(parse(cmdline).flags().heapMaxBytes()).isEqualTo(bytes);
    }

    /** As compose files quote a whole option, and Gradle's options hold those of another JVM. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "'-XX:+DisableAttachMechanism', true, -1",
                "\"-XX:+DisableAttachMechanism\" -Xmx1k, true, 1024",
                "-Da='-XX:+DisableAttachMechanism -Xmx8g', false, -1",
                "-Dorg.gradle.jvmargs=\"-ea -XX:+DisableAttachMechanism -Xmx8g\" -Xmx1k, false, 1024",
                "'-Da=\"b' -Xmx1k '' -Dc=\"it's -Xmx8g\", false, 1024"
            })
    void readsQuotesInVariablesAsTheJvmDoes(String value, boolean isOn, long heapBytes) {
        for (String variable : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")) {
            JvmFlags flags =
                    parse("java Main", Map.of(variable, value), counter -> null).flags();

            assertThat(flags.isOn("DisableAttachMechanism", false)).isEqualTo(isOn);
            assertThat(flags.heapMaxBytes()).isEqualTo(heapBytes);
        }
    }

    @Test
    void takesAQuoteInAnArgumentOrAPublishedOptionAsItIs() {
        assertThat(parse("java -Da=it's -Xmx1k Main").flags().heapMaxBytes()).isEqualTo(1024);
        assertThat(parse("java @a Main", Map.of(), counter -> "-Da=it's -Xmx1k")
                        .flags()
                        .heapMaxBytes())
                .isEqualTo(1024);
    }

    @Test
    void knowsTheOptionsThatTheLauncherTranslates() {
        JvmFlags flags = parse("java -mx2k Main", Map.of("JDK_JAVA_OPTIONS", "-ss1k"), counter -> null)
                .flags();

        assertThat(flags.heapMaxBytes()).isEqualTo(2048);
        assertThat(flags.stackBytes()).isEqualTo(1024);
    }

    /** With a mark that is drawn over its neighbour, as macOS writes an accent, or two blanks. */
    @ParameterizedTest
    @ValueSource(strings = {"re\u0301sume\u0301.jar", "gr\u00f6\u00dfe.jar", "a  b.jar"})
    void isNamedAsItsFileIs(String jar) {
        JavaCommand command = JavaCommand.parse("java\0-jar\0/opt/" + jar + "\0", Map.of(), counter -> null);

        assertThat(command.isNamed(jar)).isTrue();
        assertThat(command.isNamed(command.wholeName())).isTrue();
        assertThat(command.isNamed("b.jar")).isFalse();
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

    /** The last three are jsvc, a launcher that jpackage made, and a JVM in a program of its own. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "java -XX:VMOptionsFile=/etc/app.options Main     | ''                            | ''",
                "java Main                                        | JDK_JAVA_OPTIONS              | -Dx=y @/etc/options",
                "java Main                                        | JAVA_TOOL_OPTIONS             | -XX:VMOptionsFile=f",
                "java Main                                        | _JAVA_OPTIONS                 | -XX:VMOptionsFile=f",
                "java -XX:Flags=.hotspotrc Main                   | ''                            | ''",
                "/usr/bin/jsvc -Xmx1g -cp app.jar Main            | ''                            | ''",
                "/opt/app/bin/App                                 | JDK_JAVA_OPTIONS              | -Xmx1g",
                "/usr/bin/database                                | ''                            | ''"
            })
    void asksTheJvmForOptionsThatItsCommandLineDoesNotTell(String cmdline, String variable, String value) {
        Map<String, String> published =
                Map.of("java.rt.vmFlags", "+UseSerialGC MaxHeapSize=2k", "java.rt.vmArgs", "-Xmx4k -Xrs");

        JvmFlags flags = parse(cmdline, Map.of(variable, value), published::get).flags();

        assertThat(flags.isComplete()).isTrue();
        assertThat(flags.heapMaxBytes()).isEqualTo(4 << 10);
        assertThat(flags.has("-Xrs")).isTrue();
        assertThat(flags.isOn("UseSerialGC", false)).isTrue();
        assertThat(parse(cmdline, Map.of(variable, value), counter -> null)
                        .flags()
                        .isComplete())
                .as("with -XX:-UsePerfData")
                .isFalse();
    }

    @Test
    void theJvmIsNotAskedWhereAllIsTold() {
        JvmFlags flags = parse("java -Xmx1k Main @file", Map.of("JDK_JAVA_OPTIONS", "-Xrs"), counter -> {
                    throw new AssertionError(counter);
                })
                .flags();

        assertThat(flags.isComplete()).isTrue();
        assertThat(flags.options()).containsExactly("-Xrs", "-Xmx1k");
    }

    @Test
    void doesNotTakeAPieceOfAnOptionForTheOption() {
        String whole = "-Da=" + "a".repeat(1006) + " -Xrs -Xmx4096m";
        Map<String, String> cut = Map.of("java.rt.vmFlags", "", "java.rt.vmArgs", whole.substring(0, 1024));

        JvmFlags flags = parse("java -Xss1m @options", Map.of(), cut::get).flags();

        assertThat(flags.isComplete()).isFalse();
        assertThat(flags.has("-Xrs")).isTrue();
        assertThat(flags.heapMaxBytes()).isEqualTo(JvmFlags.NOT_GIVEN);
    }

    /** As where a file names the main class, and what follows is an argument of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "java @jvm.txt @app.txt nogui      | ''               | app.Server arguments | app.Server",
                "java @jvm.txt -m org.app/app.Main | ''               | org.app/app.Main     | app.Main",
                "java @jvm.txt -jar app.jar        | ''               | /opt/my app.jar      | app.jar",
                "java Main                         | JDK_JAVA_OPTIONS | Other                | Main"
            })
    void theMainClassBehindAnArgumentFileIsTheOneThatTheJvmPublishes(
            String cmdline, String variable, String published, String name) {
        UnaryOperator<String> counters = counter -> counter.equals("sun.rt.javaCommand") ? published : null;

        assertThat(parse(cmdline, Map.of(variable, "@jvm.txt"), counters).name())
                .isEqualTo(name);
    }

    @Test
    void namesAJarAfterItsFile() {
        assertThat(JavaCommand.parse("java\0@options\0", Map.of(), counter -> "/opt/app/server.jar x")
                        .name())
                .isEqualTo("server.jar");
    }

    private static JavaCommand parse(String words) {
        return parse(words, Map.of(), counter -> null);
    }

    private static JavaCommand parse(String words, Map<String, String> environment, UnaryOperator<String> counters) {
        return JavaCommand.parse(words.replaceAll(" +", "\0") + "\0", environment, counters);
    }
}
