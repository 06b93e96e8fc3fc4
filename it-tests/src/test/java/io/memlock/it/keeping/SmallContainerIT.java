// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.Jdk;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A JVM that maps a file larger than its container and reads it lives without the agent, because the kernel drops what was
 * read; so it lives with it.
 */
class SmallContainerIT {

    private static final int ROUNDS = 3;

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
        return Jdk.all().stream()
                .flatMap(jdk -> readings().map(reading -> Arguments.of(jdk, reading)))
                .toList();
    }

    private static Stream<LargeFile.Reading> readings() {
        return Stream.of(
                new LargeFile.Reading("mode=all", 200, "whole", 0, false),
                new LargeFile.Reading("mode=all", 300, "whole", 0, false),
                new LargeFile.Reading("mode=all", 600, "whole", 0, false),
                new LargeFile.Reading("mode=heap+code", 300, "whole", 0, false),
                new LargeFile.Reading("mode=all", 300, "windows", 0, false),
                new LargeFile.Reading("mode=all", 300, "rolling", 0, false),
                new LargeFile.Reading("mode=all", 300, "native", 0, false),
                new LargeFile.Reading("mode=all", 300, "native", 200, false),
                new LargeFile.Reading("mode=all", 300, "whole", 200, true));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFileLargerThanTheContainerIsRead(Jdk jdk, LargeFile.Reading reading) throws IOException {
        assertThat(file.deaths(jdk, reading, ROUNDS)).isEmpty();
    }
}
