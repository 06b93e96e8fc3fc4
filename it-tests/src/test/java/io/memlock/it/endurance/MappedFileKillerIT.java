// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import io.memlock.it.keeping.LargeFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A JVM with the default options that maps a file larger than its container, in pieces, and reads it as fast as it can is
 * never killed: not once in twenty rounds ({@code endurance.rounds}), where once it was in every second.
 */
@Tag("endurance")
class MappedFileKillerIT {

    private static final int ROUNDS = Integer.getInteger("endurance.rounds", 20);
    private static final int ROUNDS_PER_PROGRESS = 5;
    private static final int[] CONTAINERS_MIB = {200, 300, 600};

    private static LargeFile file;

    @BeforeAll
    static void makeFile() throws IOException {
        file = LargeFile.create();
    }

    @AfterAll
    static void deleteFile() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    static List<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Jdk jdk : Jdk.all()) {
            for (int mib : CONTAINERS_MIB) {
                cases.add(Arguments.of(jdk, mib));
            }
        }
        return cases;
    }

    @ParameterizedTest(name = "{0}, {1} MiB")
    @MethodSource("cases")
    void isNeverKilled(Jdk jdk, int mib) throws IOException {
        LargeFile.Reading reading = new LargeFile.Reading("", mib, "windows", 0, false);
        List<Outcome> deaths = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round += ROUNDS_PER_PROGRESS) {
            int rounds = Math.min(ROUNDS_PER_PROGRESS, ROUNDS - round);
            deaths.addAll(file.deaths(jdk, reading, rounds));
            System.out.println("[endurance] large file, " + jdk + ", " + mib + " MiB: " + (round + rounds) + " of "
                    + ROUNDS + " rounds, " + deaths.size() + " killed");
        }
        assertThat(deaths).isEmpty();
    }
}
