// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.Jdk;

/** What holds of each application whose data is mapped and larger than its container. */
abstract class LargeStoreTests {

    final LargeStore store;

    LargeStoreTests(LargeStore store) {
        this.store = store;
    }

    @EachJdk
    void readsDataLargerThanItsContainer(Jdk jdk) {
        store.assertIsReadInASmallContainer(jdk);
    }

    @EachJdk
    void readsDataWhereMappingsAreBornLocked(Jdk jdk) {
        store.assertIsReadWhereMappingsAreBornLocked(jdk);
    }
}
