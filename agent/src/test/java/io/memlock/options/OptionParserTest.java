// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.hotspot.Region;
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

        assertThat(options.mode()).isEqualTo(LockMode.ALL);
        assertThat(options.exclude()).containsExactly(Region.MAPPED);
        assertThat(options.selection()).doesNotContain(Region.MAPPED).contains(Region.HEAP, Region.OTHER);
        assertThat(options.strategy()).isEqualTo(StrategyChoice.AUTO);
        assertThat(options.onFailure()).isEqualTo(OnFailure.WARN);
        assertThat(options.intervalMillis()).isEqualTo(1000);
        assertThat(options.jmx()).isTrue();
        assertThat(options.log()).isEqualTo(LogLevel.INFO);
    }

    @Test
    void theDefaultOfEachOptionIsWhatItsDefinitionSays() throws OptionException {
        AgentOptions implied = OptionParser.parse("");
        for (Option option : Option.values()) {
            assertThat(OptionParser.parse(option.key() + "=" + option.defaultValue()))
                    .as(option.key())
                    .isEqualTo(implied);
        }
    }

    @Test
    void keepsRegionsInTheOrderNamed() throws OptionException {
        AgentOptions options = OptionParser.parse("mode=stacks+heap+code");

        assertThat(options.selection()).containsExactly(Region.STACKS, Region.HEAP, Region.CODE);
        assertThat(options.modeText()).isEqualTo("stacks+heap+code");
    }

    @Test
    void readsEverything() throws OptionException {
        AgentOptions options = OptionParser.parse(
                "mode=all,exclude=libs+cds,strategy=rescan,on-failure=exit,interval=500ms,jmx=off,log=debug");

        assertThat(options.exclude()).containsExactly(Region.LIBS, Region.CDS);
        assertThat(options.strategy()).isEqualTo(StrategyChoice.RESCAN);
        assertThat(options.onFailure()).isEqualTo(OnFailure.EXIT);
        assertThat(options.intervalMillis()).isEqualTo(500);
        assertThat(options.jmx()).isFalse();
        assertThat(options.log()).isEqualTo(LogLevel.DEBUG);
    }

    @Test
    void excludeNothingLocksMappedFilesToo() throws OptionException {
        assertThat(OptionParser.parse("exclude=nothing").selection()).contains(Region.MAPPED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode=heep                  | unknown mode 'heep'; did you mean 'heap'?",
                "mode=heap+cod              | unknown mode 'cod'; did you mean 'code'?",
                "mode=xyz                   | unknown mode 'xyz'; accepted: all, none, heap, code, metaspace, stacks",
                "mode=heap+                 | unknown mode ''",
                "mode=heap+heap             | region 'heap' is named twice in 'heap+heap'",
                "mode=                      | option 'mode' has no value; it takes all, none, or regions joined by +",
                "mode                       | cannot read 'mode': options are key=value",
                "=all                       | cannot read '=all'",
                "mode=all,,log=debug        | cannot read ''",
                "mod=all                    | unknown option 'mod'; did you mean 'mode'?",
                "mode=all,mode=heap         | option 'mode' is given twice",
                "mode=heap,exclude=code     | 'exclude' goes with mode=all only; with mode=heap leave it out",
                "exclude=everything         | unknown region in exclude 'everything'",
                "strategy=futur             | unknown strategy 'futur'; did you mean 'future'?",
                "strategy=FUTURE            | accepted: auto, future, rescan",
                "on-failure=abort           | unknown on-failure 'abort'; accepted: warn, exit",
                "interval=5                 | cannot read interval '5': a number and its unit",
                "interval=s                 | cannot read interval 's'",
                "interval=1.5s              | cannot read interval '1.5s'",
                "interval=-1s               | cannot read interval '-1s'",
                "interval=10ms              | interval '10ms' is out of range: from 100ms to 1h",
                "interval=2h                | interval '2h' is out of range",
                "interval=99999999999s      | cannot read interval",
                "jmx=yes                    | unknown jmx 'yes'; accepted: on, off",
                "log=verbose                | unknown log 'verbose'; accepted: quiet, info, debug"
            })
    void namesTheBadPartAndWhatWouldDo(String text, String message) {
        assertThatThrownBy(() -> OptionParser.parse(text.trim()))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining(message.trim())
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"100ms", "1s", "1m", "1h", "90s"})
    void acceptsDurations(String text) throws OptionException {
        assertThat(OptionParser.parse("interval=" + text).intervalMillis()).isBetween(100L, 3_600_000L);
    }
}
