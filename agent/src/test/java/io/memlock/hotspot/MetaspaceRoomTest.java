// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetaspaceRoomTest {

    /** Printed by OpenJDK 17 with {@code -XX:MaxMetaspaceSize=16m}, shortened. */
    private static final String WITH_CLASS_SPACE =
            """

            Usage:
              Non-class:    560.55 KB used.
                  Class:     13.90 KB used.
                   Both:    574.45 KB used.

            Virtual space:
              Non-class space:       64.00 MB reserved,     640.00 KB ( <1%) committed,  1 nodes.
                  Class space:       16.00 MB reserved,     128.00 KB ( <1%) committed,  1 nodes.
                         Both:       80.00 MB reserved,     768.00 KB ( <1%) committed.\s

            Chunk freelists:
               Non-Class:  11.66 MB
                   Class:  15.73 MB
                    Both:  27.40 MB

            MaxMetaspaceSize: 16.00 MB
            CompressedClassSpaceSize: 16.00 MB
            """;

    /** Printed by OpenJDK 25 with {@code -XX:MaxMetaspaceSize=16m -XX:-UseCompressedClassPointers}, shortened. */
    private static final String WITHOUT_CLASS_SPACE =
            """
            Metaspace        used 6182K, committed 6272K, reserved 65536K

            Usage:
                6.04 MB used.

            Virtual space:
                 64.00 MB reserved,       6.12 MB ( 10%) committed,  1 nodes.

            Chunk freelists:
            9.92 MB

            MaxMetaspaceSize: 16.00 MB
            No class space
            """;

    private static final long MIB = 1 << 20;
    private static final long KIB = 1 << 10;

    @Test
    void subtractsWhatIsCommittedFromTheLimits() {
        MetaspaceRoom room = MetaspaceRoom.of(WITH_CLASS_SPACE);

        assertThat(room.bytes()).isEqualTo(16 * MIB - 768 * KIB);
        assertThat(room.classBytes()).isEqualTo(16 * MIB - 128 * KIB);
    }

    @Test
    void understandsAJvmWithoutClassSpace() {
        MetaspaceRoom room = MetaspaceRoom.of(WITHOUT_CLASS_SPACE);

        assertThat(room.bytes()).isBetween(9 * MIB, 10 * MIB);
        assertThat(room.holds(9 * MIB)).isTrue();
        assertThat(room.holds(10 * MIB)).isFalse();
    }

    @Test
    void theClassSpaceIsALimitToo() {
        MetaspaceRoom room = MetaspaceRoom.of(WITH_CLASS_SPACE
                .replace("128.00 KB ( <1%)", "15.90 MB ( 99%)")
                .replace("MaxMetaspaceSize: 16.00 MB", "MaxMetaspaceSize: unlimited"));

        assertThat(room.bytes()).isEqualTo(Long.MAX_VALUE);
        assertThat(room.holds(2 * MIB)).isFalse();
        assertThat(room.holds(MIB / 2)).isTrue();
    }

    @Test
    void whatIsNotUnderstoodIsNoObstacle() {
        assertThat(MetaspaceRoom.of("Unknown diagnostic command").holds(2 * MIB))
                .isTrue();
    }

    @Test
    void eitherFlagIsALimit() {
        assertThat(MetaspaceRoom.mayBeLimited(new JvmFlags(List.of("-Xmx1g", "-XX:MetaspaceSize=1m"))))
                .isFalse();
        assertThat(MetaspaceRoom.mayBeLimited(new JvmFlags(List.of("-XX:MaxMetaspaceSize=64m"))))
                .isTrue();
        assertThat(MetaspaceRoom.mayBeLimited(new JvmFlags(List.of("-XX:CompressedClassSpaceSize=64m"))))
                .isTrue();
    }

    /** As with an argument file, where the JVM publishes no flags or cuts them. */
    @Test
    void whereNotAllFlagsAreKnownThereMayBeALimit() {
        assertThat(MetaspaceRoom.mayBeLimited(new JvmFlags(List.of("-Xmx1g"), false)))
                .isTrue();
    }
}
