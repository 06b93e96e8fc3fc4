// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import java.util.List;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** The oldest kernel of the table, with the short list. {@link CompatibilityIT} has all the others. */
class GuestKernelIT {

    @TestFactory
    List<DynamicNode> keepsItsPromisesOnTheOldestKernel() {
        Guest guest = new Guest(GuestKernel.LINUX_5_10, GuestJdk.JDK_17);
        guest.requireTools();
        return GuestTests.of(guest.run("short"));
    }
}
