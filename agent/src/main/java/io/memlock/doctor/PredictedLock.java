// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.advice.Advice;
import io.memlock.advice.Remedy;
import io.memlock.calls.LockLimit;
import io.memlock.memory.Bytes;
import io.memlock.memory.Region;
import io.memlock.options.AgentOptions;
import io.memlock.options.StrategyChoice;
import java.util.ArrayList;
import java.util.List;

/**
 * Predicts what the agent could lock in another JVM, from that JVM's limits, privileges and memory. Only the JVM itself
 * could try.
 */
final class PredictedLock {

    static final String CHECK = "lock";

    /** What there is to say of {@code mode=none}. */
    static final Finding NOTHING_SELECTED = Finding.ok(CHECK, "nothing is selected (mode=none)");

    private final ExaminedJvm examined;
    private final MemoryNeed need;

    PredictedLock(ExaminedJvm examined, MemoryNeed need) {
        this.examined = examined;
        this.need = need;
    }

    List<Finding> foresee(AgentOptions options) {
        if (options.selection().isEmpty()) {
            return List.of(NOTHING_SELECTED);
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(lock(options));
        if (examined.isHeapRemapped() && options.selection().contains(Region.HEAP)) {
            findings.add(zgc());
        }
        return findings;
    }

    private Finding lock(AgentOptions options) {
        if (examined.isUnlimited()) {
            return Finding.ok(CHECK, "no limit applies to this JVM");
        }
        long limit = examined.limit().hard();
        Advice advice = new Remedy(examined.deployment()).raiseLimit(need.grownBytes());
        String numbers =
                "needed " + Bytes.text(need.chargedBytes()) + " (" + parts() + "), the limit is " + Bytes.limit(limit);
        if (options.strategy() == StrategyChoice.FUTURE) {
            return Finding.fail(
                    CHECK,
                    "strategy=future is refused under a limit: the JVM would end once the limit is reached; " + numbers,
                    advice.orAuto(options.selection().isIndivisible()).text());
        }
        if (need.chargedBytes() > LockLimit.usableBytes(limit)) {
            return Finding.fail(CHECK, "the selection does not fit: " + numbers, advice.text());
        }
        if (need.grownBytes() >= 0 && need.grownBytes() <= limit) {
            return Finding.ok(
                    CHECK,
                    "fits, even when it has grown: " + numbers + ", at its largest it takes "
                            + Bytes.text(need.grownBytes()));
        }
        return Finding.warn(
                CHECK,
                "fits, as it is now: " + numbers + ". "
                        + (need.grownBytes() < 0
                                ? "Nothing limits its growth"
                                : "It may grow to " + Bytes.text(need.grownBytes()) + ", a reserve included")
                        + ", and once the limit is reached no more is locked",
                advice.text());
    }

    private String parts() {
        return "committed now " + Bytes.text(need.nowBytes())
                + (need.agentBytes() == 0 ? "" : ", the agent itself about " + Bytes.text(need.agentBytes()))
                + (need.chargedElsewhereBytes() == 0
                        ? ""
                        : ", locked by others outside the selection " + Bytes.text(need.chargedElsewhereBytes()));
    }

    /** {@code Failures.zgcUnderRescan} is what the agent says of it. */
    private Finding zgc() {
        if (examined.isUnlimited()) {
            return Finding.ok(
                    "ZGC",
                    "ZGC unmaps memory that it frees; the agent maps the heap a second time and locks that view");
        }
        return Finding.fail(
                "ZGC",
                "ZGC maps its heap again while it runs, even with -Xms equal to -Xmx; each time, the lock is gone"
                        + " until the agent looks again",
                "# no limit (see lock), or another collector: -XX:+UseG1GC with -Xms equal to -Xmx");
    }
}
