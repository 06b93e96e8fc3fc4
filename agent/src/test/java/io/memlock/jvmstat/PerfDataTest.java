// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.Needs;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PerfDataTest {

    @ParameterizedTest
    @ValueSource(strings = {"LITTLE_ENDIAN", "BIG_ENDIAN"})
    void findsANumberByItsName(String order) {
        byte[] file = file(order.startsWith("L") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);

        assertThat(PerfData.counter(file, "first")).isEqualTo(1L << 40);
        assertThat(PerfData.counter(file, "io.memlock.relocks")).isEqualTo(7);
        assertThat(PerfData.counter(file, "io.memlock")).isEqualTo(-1);
        assertThat(PerfData.counter(file, "io.memlock.relocks.more")).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "+UseSerialGC", "a text that is longer than the header of its entry"})
    void findsATextOfAnyLength(String text) {
        byte[] file = new CounterFile()
                .text("java.rt.vmFlags", text)
                .number("first", 1)
                .text("java.rt.vmArg", "last")
                .bytes();

        assertThat(PerfData.text(file, "java.rt.vmFlags")).isEqualTo(text);
        assertThat(PerfData.text(file, "java.rt.vmArg")).isEqualTo("last");
        assertThat(PerfData.text(file, "first")).isNull();
    }

    @Test
    void readsWhatThisJvmWrites() throws IOException {
        Path own = ownFile();
        Needs.require(own != null, "needs a JVM with performance counters in /tmp");

        assertThat(PerfData.counter(Files.readAllBytes(own), "java.cls.loadedClasses"))
                .isBetween(100L, 1_000_000L);
    }

    @Test
    void aDamagedFileHasNoCounters() {
        byte[] good = file(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            byte[] file = Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int hits = random.nextInt(4); hits > 0 && file.length > 0; hits--) {
                file[random.nextInt(file.length)] = (byte) random.nextInt();
            }
            PerfData.counter(file, "io.memlock.relocks"); // whatever it finds, it ends and does not throw
        }
        assertThat(PerfData.counter(new byte[0], "first")).isEqualTo(-1);
        assertThat(PerfData.counter(new byte[64], "first")).isEqualTo(-1);
    }

    private static byte[] file(ByteOrder order) {
        return new CounterFile(order)
                .number("first", 1L << 40)
                .number("io.memlock.relocks", 7)
                .bytes();
    }

    private static Path ownFile() throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains("/hsperfdata_"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .filter(Files::isReadable)
                    .findFirst()
                    .orElse(null);
        }
    }
}
