// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.memlock.it.harness.Machine;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicNode;

/** Makes a test of each case that a guest tried. */
final class GuestTests {

    private GuestTests() {}

    static List<DynamicNode> of(GuestRun run) {
        return run.results().stream()
                .<DynamicNode>map(result -> dynamicTest(result.name(), () -> check(run, result)))
                .toList();
    }

    private static void check(GuestRun run, GuestRun.Result result) {
        if (result.isFailure()) {
            Assertions.fail(run.kernel() + ", " + run.jdk() + ": " + result.detail());
        }
        if (result.isSkipped()) {
            // The guest is the same on every machine: what it lacks is not missing here.
            Assumptions.abort(result.detail());
        }
    }

    /** Skips a test, on CI fails it, where the tools are missing that make and run a guest. */
    static void requireTools(Architecture architecture) {
        Machine.require(
                Machine.hasCommand(architecture.emulator()),
                "needs " + architecture.emulator() + ": apt-get install " + architecture.emulatorPackage());
        for (String command : List.of("apt-get", "dpkg", "cpio", "xz")) {
            Machine.require(Machine.hasCommand(command), "needs " + command + ", to make what a guest boots");
        }
        Machine.require(
                DebianSuite.isOfThisMachine(), "needs Debian, its keys and its mirror: guests boot packages of it");
    }
}
