// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.LockLimit;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.Wrappers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Under a real limit: what fits beside the application's reserve is locked, to the page. */
class BudgetIT {

    private static final long KERNEL_DEFAULT_BYTES = 8 << 20;
    private static final long PAGE_BYTES = 4096;

    @BeforeEach
    void needsToTakeThePrivilegeAway() {
        Machine.requireDroppableIpcLock();
    }

    @Test
    void locksTheRegionsThatFitNamesTheOthersAndNeverExceedsTheLimit() throws Exception {
        Jdk jdk = Jdk.newest();
        try (ForkedJvm jvm = limited(jdk, KERNEL_DEFAULT_BYTES, "mode=heap+metaspace+code", "-Xms2m", "-Xmx16m")) {
            jvm.awaitLine("ready");
            assertThat(jvm.awaitErrorLine("[memlock]")).contains("PARTLY LOCKED");
            eventually(() -> assertThat(jvm.stderr()).contains("not locked: code "));
            try (Sampler charged = new Sampler(() -> ProcStatus.of(jvm.pid()).chargedBytes(), 5)) {
                for (String step : new String[] {"grow 1", "shrink", "classes 40", "grow 1"}) {
                    jvm.ask(step);
                }
                Keeping.sleep(1500);
                assertThat(charged.largest())
                        .as("VmLck at any of %s samples", charged.samples())
                        .isBetween(2L << 20, KERNEL_DEFAULT_BYTES);
                System.out.println("[keeping] limit " + KERNEL_DEFAULT_BYTES + ", most charged " + charged.largest()
                        + " at " + charged.samples() + " samples");
            }
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                assertThat(client.get("State")).hasToString("PARTIAL");
                assertThat(client.getLong("LimitBytes")).isEqualTo(KERNEL_DEFAULT_BYTES);
            }
        }
    }

    @Test
    void leavesTheApplicationRoomForALockOfItsOwn() {
        Jdk jdk = Jdk.newest();
        try (ForkedJvm jvm = limited(jdk, KERNEL_DEFAULT_BYTES, "mode=heap", "-Xms2m", "-Xmx64m")) {
            Keeping.awaitStart(jvm);
            jvm.ask("grow 32");
            jvm.awaitErrorLine("[memlock] state LOCKED -> PARTIAL");

            assertThat(jvm.ask("ownlock 1")).endsWith(" 1048576");
        }
    }

    @Test
    void aPageTooFewIsTooFew() {
        Jdk jdk = Jdk.newest();
        long heapBytes;
        try (ForkedJvm jvm = limited(jdk, KERNEL_DEFAULT_BYTES, "mode=heap", "-Xms4m", "-Xmx4m")) {
            Keeping.awaitStart(jvm);
            heapBytes = ProcStatus.of(jvm.pid()).chargedBytes();
            assertThat(heapBytes).isBetween(4L << 20, KERNEL_DEFAULT_BYTES);
        }
        long limitBytes = LockLimit.toLock(heapBytes) / PAGE_BYTES * PAGE_BYTES + PAGE_BYTES;
        try (ForkedJvm jvm = limited(jdk, limitBytes, "mode=heap", "-Xms4m", "-Xmx4m")) {
            Keeping.awaitStart(jvm);
            assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isEqualTo(heapBytes);
            assertThat(unlockedHeap(Truth.of(jvm, jdk), jvm)).isZero();
        }
        try (ForkedJvm jvm = limited(jdk, limitBytes - 2 * PAGE_BYTES, "mode=heap", "-Xms4m", "-Xmx4m")) {
            jvm.awaitLine("ready");
            assertThat(jvm.awaitErrorLine("[memlock]")).contains("NOT LOCKED");
            assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
        }
    }

    private static long unlockedHeap(Truth truth, ForkedJvm jvm) {
        return Smaps.of(jvm.pid()).unlocked().stream()
                .filter(truth::isHeap)
                .mapToLong(Smaps.Entry::rss)
                .sum();
    }

    private static ForkedJvm limited(Jdk jdk, long limitBytes, String options, String... heap) {
        return Keeping.app(jdk, options)
                .wrapper(Wrappers.memlockLimit(limitBytes))
                .wrapper(Wrappers.withoutIpcLock())
                .flags("-XX:+UseSerialGC")
                .flags(heap)
                .start();
    }
}
