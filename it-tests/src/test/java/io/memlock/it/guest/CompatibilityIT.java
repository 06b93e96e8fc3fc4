// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Kernels and JDKs, one guest after the other: {@code mvn -Pguests verify}. What comes of each guest is a row of {@code
 * docs/compatibility.md}.
 *
 * <p>Each kernel and each JDK has its turn within about three hours on two cores. The system property {@code guests.only} names others, of
 * every kernel with every JDK: {@code "Linux 5.10;aarch64, 16 KiB pages, JDK 25"}, or {@code Linux} for all of them, which
 * takes about twelve hours. {@code guests.list} chooses the {@code short}, the {@code full} or the {@code alternatives} list for all.
 */
@Tag("guests")
class CompatibilityIT {

    private static final String ALTERNATIVES = "alternatives";

    /**
     * A guest and what is tried in it.
     *
     * @param list {@code full}, which takes about 45 minutes, {@code short}, which takes five, or {@code alternatives}, which
     *     is no part of the table
     */
    private record Turn(Guest guest, String list) {

        Turn(GuestKernel kernel, GuestJdk jdk, String list) {
            this(new Guest(kernel, jdk), System.getProperty("guests.list", "").isEmpty() ? list : asked());
        }

        private static String asked() {
            return System.getProperty("guests.list");
        }
    }

    @TestFactory
    Stream<DynamicContainer> keepsItsPromises() {
        CompatibilityTable table = CompatibilityTable.read();
        String only = System.getProperty("guests.only", "");
        return (only.isEmpty() ? eachInTurn() : named(only))
                .map(turn -> dynamicContainer(turn.guest().toString(), results(turn, table)));
    }

    private static Stream<Turn> eachInTurn() {
        return Stream.of(
                new Turn(GuestKernel.LINUX_5_10, GuestJdk.JDK_17, "full"),
                new Turn(GuestKernel.LINUX_6_1, GuestJdk.JDK_21, "short"),
                new Turn(GuestKernel.LINUX_6_12, GuestJdk.JDK_25, "full"),
                new Turn(GuestKernel.LINUX_6_12_AARCH64, GuestJdk.JDK_17, "short"),
                new Turn(GuestKernel.LINUX_6_12_AARCH64_16K, GuestJdk.JDK_25, "full"));
    }

    private static Stream<Turn> named(String only) {
        return Arrays.stream(GuestKernel.values())
                .flatMap(kernel -> Arrays.stream(GuestJdk.values()).map(jdk -> new Turn(kernel, jdk, "full")))
                .filter(turn -> Arrays.stream(only.split(";", -1))
                        .anyMatch(each -> turn.guest().toString().contains(each.strip())));
    }

    private static Stream<DynamicNode> results(Turn turn, CompatibilityTable table) {
        return Stream.of(turn).flatMap(each -> {
            each.guest().requireTools();
            GuestRun run = each.guest().run(each.list());
            if (System.getProperty("guests.cases", "").isEmpty() && !each.list().equals(ALTERNATIVES)) {
                table.put(run);
            }
            List<DynamicNode> tests = GuestTests.of(run);
            return tests.stream();
        });
    }
}
