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
 * Every kernel with every JDK, one guest after the other: {@code mvn -Pguests verify}. The system property
 * {@code guests.only} names some: {@code "Linux 5.10;aarch64, 16 KiB pages, JDK 25"}, {@code
 * guests.list} chooses the {@code short} list instead of the {@code full} one. What comes of each guest is a cell of
 * {@code docs/compatibility.md}.
 */
@Tag("guests")
class CompatibilityIT {

    @TestFactory
    Stream<DynamicContainer> everyKernelWithEveryJdk() {
        CompatibilityTable table = CompatibilityTable.read();
        return Arrays.stream(GuestKernel.values())
                .flatMap(kernel -> Arrays.stream(GuestJdk.values()).map(jdk -> new Guest(kernel, jdk)))
                .filter(CompatibilityIT::isWanted)
                .map(guest -> dynamicContainer(guest.toString(), results(guest, table)));
    }

    private static boolean isWanted(Guest guest) {
        String only = System.getProperty("guests.only", "");
        return only.isEmpty()
                || Arrays.stream(only.split(";", -1))
                        .anyMatch(each -> guest.toString().contains(each.strip()));
    }

    private static Stream<DynamicNode> results(Guest guest, CompatibilityTable table) {
        return Stream.of(guest).flatMap(each -> {
            each.requireTools();
            GuestRun run = each.run(System.getProperty("guests.list", "full"));
            if (System.getProperty("guests.cases", "").isEmpty()) {
                table.put(run);
            }
            List<DynamicNode> tests = GuestTests.of(run);
            return tests.stream();
        });
    }
}
