// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptionSourcesTest {

    @TempDir
    private Path directory;

    private String config(String text) throws IOException {
        Path file = directory.resolve("memlock.conf");
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        return file.toString();
    }

    private static String text(String argument, String variable) throws OptionException {
        return OptionSources.read(argument, variable).options().text();
    }

    private static void assertRefused(String argument, String variable, String... parts) {
        assertThatThrownBy(() -> OptionSources.read(argument, variable))
                .isInstanceOf(OptionException.class)
                .hasMessageContainingAll(parts)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void anArgumentAloneIsWhatItWas() throws OptionException {
        assertThat(text("log=debug,mode=heap", null)).isEqualTo("log=debug,mode=heap");
        assertThat(text(null, " ")).isEmpty();
        assertThat(OptionSources.read("", null).describe()).isEqualTo("none given");
    }

    @Test
    void theArgumentCountsBeforeTheVariableAndThatBeforeTheFile() throws Exception {
        String config = config("interval=3s\nlog=quiet\ntrack=off\n");
        OptionSources sources = OptionSources.read("log=debug", "interval=2s,log=info,config=" + config);

        assertThat(sources.options().text()).isEqualTo("track=off,interval=2s,log=debug");
        assertThat(sources.options().intervalMillis()).isEqualTo(2000);
        assertThat(sources.describe())
                .isEqualTo("track=off from " + config + ", line 3, interval=2s from MEMLOCK_OPTIONS, log=debug from the"
                        + " agent's argument");
    }

    @Test
    void whoGivesModeSaysAllAboutWhichMemory() throws Exception {
        assertThat(text("mode=heap", "exclude=shm,prefault=code,mapped=/data/**,log=quiet"))
                .isEqualTo("mode=heap,log=quiet");
        String config = config("mode=heap\nprefault=heap\n");
        assertThat(text("interval=2s,config=" + config, null)).isEqualTo("mode=heap,prefault=heap,interval=2s");
        assertThat(text("mode=code", "config=" + config)).isEqualTo("mode=code");
    }

    @Test
    void aFileHasCommentsAndBlankLines() throws Exception {
        String config = config("\ufeff# for all\r\n\r\n  mode=heap+code \r\n\t# end\nlog=debug,jmx=off");
        assertThat(text("config=" + config, null)).isEqualTo("mode=heap+code,jmx=off,log=debug");
    }

    @Test
    void theFileOfAllCanBeLeftOut() throws OptionException {
        assertThat(text("config=none", "log=quiet,config=/there/is/none")).isEqualTo("log=quiet");
    }

    @Test
    void anErrorNamesItsPlace() throws Exception {
        assertRefused("log=debug", "mod=heap", "MEMLOCK_OPTIONS: unknown option 'mod'; did you mean 'mode'?");
        assertRefused("mode=heap", "log=loud", "MEMLOCK_OPTIONS: unknown value 'loud' of log");
        assertRefused("log=loud", "mode=heap", "unknown value 'loud' of log");
        String config = config("\nlog=quiet\ninterval=soon\n");
        assertRefused("config=" + config, null, config + ", line 3: ", "soon");
        assertRefused("config=" + config("log=quiet\nlog=info"), null, ", line 2: ", "log");
        assertRefused("config=" + config("config=/etc/other"), null, ", line 1: ", "leave config out");
    }

    @Test
    void whatDoesNotGoTogetherNamesBoth() {
        assertRefused(
                "exclude=shm",
                "mode=heap",
                "taken together (mode=heap from MEMLOCK_OPTIONS, exclude=shm from the agent's argument): 'exclude'"
                        + " is for mode=all only");
    }

    @Test
    void aPlaceThatIsRightOnlyWithAnotherIsNotBlamed() {
        assertRefused("prefault=mapped", "exclude=nothing,interval=1", "MEMLOCK_OPTIONS: ", "interval");
    }

    @Test
    void aFileThatCannotBeReadIsAnError() throws Exception {
        assertRefused("config=/there/is/none", null, "cannot read config=/there/is/none: there is no such file");
        assertRefused("config=none.conf", null, "its path begins at /");
        assertRefused("", "config=/there/is/none", "MEMLOCK_OPTIONS: cannot read config=");
        assertRefused("config=/proc/self/mem/x\u0007", null, "\\u0007: there is no such file");
        assertRefused("config=" + directory, null, "it is not a regular file");
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertRefused("config=" + pipe, null, "it is not a regular file");
        Path latin = Files.write(directory.resolve("latin"), new byte[] {'#', (byte) 0xe4, '\n'});
        assertRefused("config=" + latin, null, "it is not in UTF-8");
        assertRefused("config=" + config("#".repeat(OptionSources.LARGEST_FILE_BYTES + 1)), null, "larger than 64 KiB");
    }

    @Test
    void aTextThatStandsAloneReadsNoFile() {
        assertThatThrownBy(() -> OptionParser.parse("config=/etc/passwd"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("give the options that are in the file");
    }
}
