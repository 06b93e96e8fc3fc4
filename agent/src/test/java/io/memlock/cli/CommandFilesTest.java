// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manual pages and the completion that packages install, as the build of a release writes them. */
class CommandFilesTest {

    /** Asks the completion as bash does, and prints what it would put in place of the last word. */
    private static final String COMPLETE =
            """
            source "$1"
            compopt() { :; }
            COMP_LINE=$2
            COMP_POINT=${#COMP_LINE}
            COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
            _memlock
            printf '%s|' "${COMPREPLY[@]}"
            """;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void writes() throws Exception {
        run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "src/build/java/CommandFiles.java",
                directory.toString(),
                "../packaging/linux",
                "1.2.3",
                "2026-01-02T03:04:05Z");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "memlock chec, check |",
                "memlock check --cov, --coverage=|",
                "memlock attach mode=heap+co, heap+code |",
                "memlock attach mode=all;pref, prefault=|",
            })
    void completionKnowsCommandsOptionsAndKeys(String typed, String completed) throws Exception {
        String line = typed.replace(';', ',');

        String reply = run(
                "bash",
                "-c",
                COMPLETE,
                "bash",
                directory.resolve("memlock.bash").toString(),
                line);

        assertThat(reply).endsWith(completed.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "check", "regions", "report", "watch", "attach", "doctor", "unlock"})
    void eachCommandHasAPage(String command) throws Exception {
        assertThat(Files.readString(directory.resolve("memlock-" + command + ".1")))
                .startsWith(".TH MEMLOCK\\-" + command.toUpperCase(Locale.ROOT) + " 1 2026-01-02")
                .contains(".SH SYNOPSIS", ".SH OPTIONS", ".SH SEE ALSO");
    }

    @Test
    void thePageOfTheAgentHasTheOptions() throws Exception {
        assertThat(Files.readString(directory.resolve("memlock-agent.7"))).contains("prefault", "MEMLOCK_OPTIONS");
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }
}
