// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.jvms.Jvm;
import io.memlock.jvms.JvmMemory;
import io.memlock.jvms.LockSummary;
import io.memlock.jvms.Numbers;
import io.memlock.jvms.PublishedLock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Holds what {@code status} shows of a JVM.
 *
 * @param heapMaxBytes the limit of the heap, -1 if not known
 * @param published what the agent in it says of the lock
 * @param majorFaultsPerSecond at the moment
 * @param majorFaults since it started
 */
record JvmStatus(
        Jvm jvm,
        long heapMaxBytes,
        JvmMemory memory,
        PublishedLock published,
        double majorFaultsPerSecond,
        long majorFaults) {

    LockSummary summary() {
        return LockSummary.on(memory, published);
    }

    /** An element of {@code jvms}; docs/command-line.md describes it. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pid", jvm.pid());
        json.put("name", jvm.command().wholeName());
        json.put("agent", jvm.agent());
        json.put("lock", summary().lock().jsonName());
        json.put("verdict", summary().text());
        json.put("selection", published.state() == null ? null : published.selection());
        json.put("selectedFiles", published.files().isEmpty() ? null : published.files());
        json.put("heapMaxBytes", Numbers.orNull(heapMaxBytes));
        json.put("verifiedAgeSeconds", Numbers.orNull(published.verifiedAgeSeconds()));
        json.put("lockedBytesAgeSeconds", Numbers.orNull(memory.ageSeconds()));
        json.put("majorFaults", majorFaults);
        putNumbers(json, memory, published, majorFaultsPerSecond);
        return json;
    }

    /** Adds what each look at a JVM tells, of {@code status} and {@code watch} alike. */
    static void putNumbers(
            Map<String, Object> json, JvmMemory memory, PublishedLock published, double majorFaultsPerSecond) {
        json.put("state", published.state() == null ? null : published.state().name());
        json.put("residentBytes", Numbers.orNull(memory.residentBytes()));
        json.put("lockedBytes", Numbers.orNull(memory.lockedBytes()));
        json.put("chargedBytes", Numbers.orNull(memory.chargedBytes()));
        json.put("swappedBytes", Numbers.orNull(memory.swappedBytes()));
        json.put("coverage", Numbers.shareOrNull(published.coverage(memory)));
        json.put("coverageOf", published.coverageOf(memory));
        json.put("coverageAgeSeconds", Numbers.orNull(published.coverageAgeSeconds(memory)));
        json.put("majorFaultsPerSecond", Numbers.orNull(majorFaultsPerSecond));
    }
}
