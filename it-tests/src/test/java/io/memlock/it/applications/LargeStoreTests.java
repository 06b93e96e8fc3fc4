// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import io.memlock.it.harness.Jdk;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of each application whose data is mapped and larger than its container. */
abstract class LargeStoreTests {

    static final String EVERY_JDK = "io.memlock.it.harness.Jdk#all";

    final LargeStore store;

    LargeStoreTests(LargeStore store) {
        this.store = store;
    }

    @ParameterizedTest
    @MethodSource(EVERY_JDK)
    void readsDataLargerThanItsContainer(Jdk jdk) {
        store.assertIsReadInASmallContainer(jdk);
    }

    @ParameterizedTest
    @MethodSource(EVERY_JDK)
    void readsDataWhereMappingsAreBornLocked(Jdk jdk) {
        store.assertIsReadWhereMappingsAreBornLocked(jdk);
    }
}
