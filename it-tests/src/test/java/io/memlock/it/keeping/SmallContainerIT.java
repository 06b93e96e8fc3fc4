// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import io.memlock.it.apps.FileReaderApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Outcome;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
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

    private static final long MIB = 1 << 20;
    private static final long FILE_BYTES = 1000 * MIB;
    private static final long SPARSE_BYTES = 100L << 30;
    private static final int ROUNDS = 3;

    private static Path file;
    private static Path sparse;

    @BeforeAll
    static void makeFiles() throws Exception {
        Machine.requireUnlimitedLocking();
        Machine.require(Machine.isAdmin(), "needs root, to drop the page cache");
        file = Files.createTempFile(Path.of("target"), "large", ".data").toAbsolutePath();
        byte[] some = new byte[(int) MIB];
        new Random(1).nextBytes(some);
        try (RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw")) {
            for (long at = 0; at < FILE_BYTES; at += some.length) {
                data.write(some);
            }
            data.getFD().sync();
        }
        sparse = Files.createTempFile(Path.of("target"), "sparse", ".data").toAbsolutePath();
        try (RandomAccessFile data = new RandomAccessFile(sparse.toFile(), "rw")) {
            data.setLength(SPARSE_BYTES);
        }
    }

    @AfterAll
    static void deleteFiles() throws Exception {
        for (Path each : new Path[] {file, sparse}) {
            if (each != null) {
                Files.deleteIfExists(each);
            }
        }
    }

    static List<Arguments> cases() {
        return Jdk.all().stream().flatMap(SmallContainerIT::casesOf).toList();
    }

    private static Stream<Arguments> casesOf(Jdk jdk) {
        return Stream.of(
                Arguments.of(jdk, "mode=all", 200, "whole", 0, false),
                Arguments.of(jdk, "mode=all", 300, "whole", 0, false),
                Arguments.of(jdk, "mode=all", 600, "whole", 0, false),
                Arguments.of(jdk, "mode=heap+code", 300, "whole", 0, false),
                Arguments.of(jdk, "mode=all", 300, "windows", 0, false),
                Arguments.of(jdk, "mode=all", 300, "rolling", 0, false),
                Arguments.of(jdk, "mode=all", 300, "native", 0, false),
                Arguments.of(jdk, "mode=all", 300, "native", 200, false),
                Arguments.of(jdk, "mode=all", 300, "whole", 200, true));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFileLargerThanTheContainerIsRead(
            Jdk jdk, String options, int limitMib, String how, int mibPerSecond, boolean isBesideSparse)
            throws Exception {
        try (MemoryCgroup container = MemoryCgroup.withLimit(limitMib * MIB)) {
            for (int round = 0; round < ROUNDS; round++) {
                dropPageCache();
                Outcome outcome = reader(jdk, options, how, mibPerSecond, isBesideSparse)
                        .wrapper(container.wrapper())
                        .run();
                assertThat(outcome.exitStatus())
                        .as("round %s%n%s%n%s", round, outcome.stdout(), outcome.stderr())
                        .isZero();
                assertThat(outcome.stdout()).contains("read ");
            }
        }
    }

    private static ForkedJvm.Builder reader(
            Jdk jdk, String options, String how, int mibPerSecond, boolean isBesideSparse) {
        ForkedJvm.Builder builder = ForkedJvm.on(jdk)
                .agent(options)
                .flags("-Xmx64m")
                .classPath(AgentJar.testClasses(), AgentJar.codeOf(Native.class))
                .main(
                        FileReaderApp.class,
                        file.toString(),
                        how,
                        Integer.toString(mibPerSecond),
                        isBesideSparse ? sparse.toString() : "none");
        return jdk.feature() >= 24 ? builder.flags("--enable-native-access=ALL-UNNAMED") : builder;
    }

    private static void dropPageCache() throws IOException {
        Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "1");
    }
}
