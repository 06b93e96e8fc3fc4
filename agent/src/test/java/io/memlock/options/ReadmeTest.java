// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Region;
import io.memlock.state.LockState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** README says what the code does. */
class ReadmeTest {

    private final String readme = read();

    private static String read() {
        try {
            return Files.readString(Path.of("../README.md"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void itsTableIsThatOfTheOptions() {
        StringBuilder table = new StringBuilder("| option | values | default | meaning |\n|---|---|---|---|\n");
        for (Option option : Option.values()) {
            table.append("| `%s` | %s | `%s` | %s |%n"
                    .formatted(option.key(), option.accepts(), option.defaultValue(), option.meaning()));
        }
        assertThat(readme).contains(table);
    }

    /** What alerts and dashboards go by. */
    @Test
    void itTellsTheNumberOfEachState() {
        for (LockState state : LockState.values()) {
            assertThat(readme).contains("| `%s` | %d |".formatted(state, state.code()));
        }
    }

    @Test
    void itNamesEveryRegion() {
        for (Region region : Region.values()) {
            assertThat(readme).contains("| `" + region.optionName() + "` |");
        }
    }
}
