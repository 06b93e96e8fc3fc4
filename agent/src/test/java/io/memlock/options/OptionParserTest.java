// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.log.LogLevel;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionParserTest {

    @ParameterizedTest
    @NullAndEmptySource
    void nothingGivenMeansTheDefaults(String nothing) throws OptionException {
        AgentOptions options = OptionParser.parse(nothing);

        assertThat(options.selection().modeText()).isEqualTo("all");
        assertThat(options.selection().excluded()).containsExactly(Region.MAPPED);
        assertThat(options.selection().regions()).doesNotContain(Region.MAPPED).contains(Region.HEAP, Region.OTHER);
        assertThat(options.strategy()).isEqualTo(StrategyChoice.AUTO);
        assertThat(options.onFailure()).isEqualTo(OnFailure.WARN);
        assertThat(options.intervalMillis()).isEqualTo(1000);
        assertThat(options.jmx()).isTrue();
        assertThat(options.jfr()).isTrue();
        assertThat(options.log()).isEqualTo(LogLevel.INFO);
    }

    @Test
    void theDefaultOfEachOptionIsWhatItsDefinitionSays() throws OptionException {
        AgentOptions implied = OptionParser.parse("");
        for (Option option : Option.values()) {
            assertThat(OptionParser.parse(option.key() + "=" + option.defaultValue()))
                    .as(option.key())
                    .usingRecursiveComparison()
                    .ignoringFields("text")
                    .isEqualTo(implied);
        }
    }

    @Test
    void keepsRegionsInTheOrderNamed() throws OptionException {
        AgentOptions options = OptionParser.parse("mode=stacks+heap+code");

        assertThat(options.selection().regions()).containsExactly(Region.STACKS, Region.HEAP, Region.CODE);
        assertThat(options.selection().modeText()).isEqualTo("stacks+heap+code");
    }

    @Test
    void readsEverything() throws OptionException {
        AgentOptions options = OptionParser.parse(
                "mode=all,exclude=libs+cds,strategy=rescan,on-failure=exit,interval=500ms,jmx=off,jfr=off,log=debug");

        assertThat(options.selection().excluded()).containsExactly(Region.LIBS, Region.CDS);
        assertThat(options.strategy()).isEqualTo(StrategyChoice.RESCAN);
        assertThat(options.onFailure()).isEqualTo(OnFailure.EXIT);
        assertThat(options.intervalMillis()).isEqualTo(500);
        assertThat(options.jmx()).isFalse();
        assertThat(options.jfr()).isFalse();
        assertThat(options.log()).isEqualTo(LogLevel.DEBUG);
    }

    @Test
    void chosenFilesAreTheOnlyOnesOfMapped() throws OptionException {
        AgentOptions options = OptionParser.parse("mapped=/d/{a,b}/**+/x\\+y,exclude=nothing,prefault=mapped");

        assertThat(options.selection().files()).containsExactly(PathGlob.of("/d/{a,b}/**"), PathGlob.of("/x\\+y"));
        assertThat(options.selection().regions()).contains(Region.MAPPED);
        assertThat(options.selection().contains(Region.MAPPED)).isFalse();
        assertThat(options.selection().excluded()).as("the others").containsExactly(Region.MAPPED);
        assertThat(options.prefault()).containsExactly(Region.MAPPED);
    }

    @Test
    void globsAreOfAsManyCharactersAsCanBeHandledQuickly() throws OptionException {
        String most = "/" + "a".repeat(PathGlob.LONGEST - 1);

        assertThat(OptionParser.parse("mapped=" + most).selection().files()).hasSize(1);
        assertThatThrownBy(() -> OptionParser.parse("mapped=" + most + "a"))
                .hasMessageContaining("is too long: it takes at most 1000 characters");
    }

    @Test
    void excludeNothingLocksMappedFilesToo() throws OptionException {
        assertThat(OptionParser.parse("exclude=nothing").selection().regions()).contains(Region.MAPPED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode=heep                  | unknown region 'heep' in mode; did you mean 'heap'?",
                "mode=heap+cod              | unknown region 'cod' in mode; did you mean 'code'?",
                "mode=xyz                   | unknown region 'xyz' in mode; accepted: all, none, heap, code, metaspace",
                "mode=heap+xyz              | unknown region 'xyz' in mode; accepted: heap, code, metaspace, stacks",
                "mode=heap+all              | 'all' must stand alone, not in a list as in mode=heap+all: write"
                        + " mode=all",
                "mode=none+heap             | 'none' must stand alone",
                "exclude=nothing+libs       | 'nothing' must stand alone, not in a list as in exclude=nothing+libs",
                "prefault=heap+none         | 'none' must stand alone",
                "mode=heap+                 | a region is missing beside a '+' in mode=heap+: write it as heap+code",
                "mode=+heap                 | a region is missing beside a '+'",
                "mode=heap++code            | a region is missing beside a '+'",
                "mode=heap+heap             | region 'heap' is named twice in mode=heap+heap",
                "mode=heap,code             | cannot read 'code': a list is joined by '+', so write mode=heap+code",
                "mode=heap,code+gc          | so write mode=heap+code+gc",
                "mode=heap,stack            | cannot read 'stack': a list is joined by '+', so write mode=heap+stacks",
                "mode=heap, code            | cannot read ' code': a list is joined by '+', so write mode=heap+code",
                "mode=heap,everything       | cannot read 'everything': a list is joined by '+', as in mode=heap+code",
                "mode=heap:code             | unknown region 'heap:code' in mode; a list is joined by '+', as in heap+code;",
                "mode=heap;code gc          | a list is joined by '+', as in heap+code+gc;",
                "mode=heap # all            | unknown region 'heap # all' in mode; accepted:",
                "exclude=libs,cds,log=debug | so write exclude=libs+cds",
                "mode=                      | option 'mode' has no value; it takes all, none, or regions joined by +",
                "mode                       | cannot read 'mode': options are key=value, separated by commas; did you",
                "heap                       | cannot read 'heap': options are key=value, separated by commas; keys are",
                "=all                       | cannot read '=all'",
                "mode:heap                  | cannot read 'mode:heap'",
                "mode=all,,log=debug        | an option is missing beside a comma",
                ",mode=all                  | an option is missing beside a comma",
                "mod=all                    | unknown option 'mod'; did you mean 'mode'?",
                "moed=all                   | unknown option 'moed'; did you mean 'mode'?",
                "MODE=all                   | unknown option 'MODE'; did you mean 'mode'?",
                "on_failure=exit            | unknown option 'on_failure'; did you mean 'on-failure'?",
                "zzz=1                      | unknown option 'zzz'; accepted: mode, exclude, mapped, strategy, track",
                "mode=all,mode=heap         | option 'mode' is given twice: as 'all' and as 'heap'",
                "mode=heap,exclude=code     | 'exclude' is for mode=all only; with mode=heap leave it out",
                "exclude=everything         | unknown region 'everything' in exclude; accepted: nothing, heap",
                "mode=HEAP                  | unknown region 'HEAP' in mode; did you mean 'heap'?",
                "mode= heap                 | unknown region ' heap' in mode; did you mean 'heap'?",
                "mode=heap + code           | unknown region 'heap ' in mode; did you mean 'heap'?",
                "mode=h\u00e9ap            | unknown region 'h\u00e9ap' in mode; did you mean 'heap'?",
                "strategy=futur             | unknown value 'futur' of strategy; did you mean 'future'?",
                "strategy=FUTURE            | accepted: auto, future, rescan",
                "on-failure=abort           | unknown value 'abort' of on-failure; accepted: warn, exit",
                "prefault=libs,mode=heap    | cannot prefault 'libs': mode=heap does not lock it; select it as well",
                "mapped=data/hot/**         | mapped: 'data/hot/**' is relative: paths of files begin with '/', as in /**/",
                "mapped=/a+hot              | mapped: 'hot' is relative",
                "mapped=/a+                 | a glob is missing beside a '+' in mapped=/a+: write it as /data/hot/**+/data",
                "mapped=/a++/b              | a glob is missing beside a '+'",
                "mapped=                    | option 'mapped' has no value; it takes globs joined by +, none",
                "mapped=/a+none             | mapped: 'none' is relative",
                "mapped=/d/{a,b,log=debug   | mapped: '/d/{a,b,log=debug' has a '{' without a '}'",
                "mapped=/d/a}/b             | mapped: '/d/a}/b' has a '}' without a '{'",
                "mapped=/d/{a,{b,c}}        | mapped: '/d/{a,{b,c}}' has a '{' between braces: they cannot be nested",
                "mapped=/d/[ab]/*           | mapped: '/d/[ab]/*' has a '[': sets of characters are not supported",
                "mapped=/d/a\\                | mapped: '/d/a\\' ends in a",
                "mapped=/d/hot/             | mapped: '/d/hot/' is a directory: with ** at its end it is for all files",
                "mapped=/d//hot             | mapped: '/d//hot' fits no file",
                "mapped=/a+/a               | '/a' is named twice in mapped=/a+/a",
                "mapped=/a,/b               | cannot read '/b': a list is joined by '+', so write mapped=/a+/b",
                "mapped=/gr\ufffd\ufffde/**      | mapped: '/gr\ufffd\ufffde/**' has a character that this JVM's locale"
                        + " cannot read: write ?, or use config=FILE, which is UTF-8",
                "mapped=/a\u0007b            | mapped: '/a\\u0007b' has a character that cannot be printed",
                "mode=none,mapped=/a        | 'mapped' chooses what to lock, and mode=none locks nothing",
                "mode=heap,mapped=/dev/shm/a | mapped: '/dev/shm/a' is for shared memory, which is the region shm: select",
                "interval=5                 | interval '5' needs a unit: 5ms, 5s, 5m or 5h",
                "interval=s                 | cannot read interval 's': it takes a whole number and its unit",
                "interval=1.5s              | cannot read interval '1.5s'",
                "interval=1 s               | cannot read interval '1 s'",
                "interval=1S                | cannot read interval '1S'",
                "interval=-1s               | cannot read interval '-1s'",
                "interval=10ms              | interval '10ms' is out of range: from 100ms to 1h",
                "interval=2h                | interval '2h' is out of range",
                "interval=99999999999s      | cannot read interval",
                "track=yes                  | unknown value 'yes' of track; accepted: on, off",
                "jmx=yes                    | unknown value 'yes' of jmx; accepted: on, off",
                "jmx=ON                     | did you mean 'on'?",
                "log=verbose                | unknown value 'verbose' of log; accepted: quiet, info, debug"
            })
    void namesTheBadPartAndWhatWouldDo(String text, String message) {
        assertThatThrownBy(() -> OptionParser.parse(text.trim()))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining(message.trim())
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mode=%s",
                "%s=all",
                "%s",
                "exclude=%s",
                "mapped=%s",
                "mapped=/%s",
                "interval=%s",
                "log=%s",
                "mode=heap,%s"
            })
    void whateverIsTypedTheMessageIsOneShortLineWithoutControls(String pattern) {
        for (String part : new String[] {
            "x".repeat(100_000), "a\nb", "a\rb", "\u001b[2J", "\u202ereversed", "a\u0000b", "\ud83d\ude00", "a\tb"
        }) {
            assertThatThrownBy(() -> OptionParser.parse(pattern.formatted(part)))
                    .isInstanceOf(OptionException.class)
                    .satisfies(e -> assertThat(e.getMessage())
                            .hasSizeLessThan(400)
                            .doesNotContainPattern("[\\p{Cntrl}\\x{202e}]"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"100ms", "1s", "1m", "1h", "90s"})
    void acceptsDurations(String text) throws OptionException {
        assertThat(OptionParser.parse("interval=" + text).intervalMillis()).isBetween(100L, 3_600_000L);
    }
}
