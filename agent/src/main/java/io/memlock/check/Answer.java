// SPDX-License-Identifier: Apache-2.0
package io.memlock.check;

import io.memlock.jvms.Jvm;
import io.memlock.jvms.JvmMemory;
import io.memlock.jvms.LockSummary;
import io.memlock.jvms.Numbers;
import io.memlock.jvms.PublishedLock;
import io.memlock.log.PlainText;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answer for one process.
 *
 * @param pid -1 if it is not known which
 * @param text why
 * @param memory null, as is {@code published}, if it cannot be looked at
 */
public record Answer(Level level, long pid, String text, JvmMemory memory, PublishedLock published) {

    /** Of what follows this mark, monitoring takes numbers. */
    private static final char NUMBERS_FOLLOW = '|';

    /** Answers that a process cannot be judged. */
    public static Answer unknown(long pid, String why) {
        return new Answer(Level.UNKNOWN, pid, why, null, null);
    }

    /** Judges what was seen of a JVM. */
    public static Answer on(Jvm jvm, JvmMemory memory, PublishedLock published, Thresholds thresholds) {
        LockSummary summary = LockSummary.on(memory, published);
        boolean isSelectionKnown = !jvm.agent() || published.state() != null;
        Level level = thresholds.judge(memory, published, summary, isSelectionKnown);
        // The summary tells it where nothing is verified any more, and there is none where nothing is selected.
        long age = summary.lock() == LockSummary.Lock.NOT_VERIFIED
                        || published.regions().isEmpty()
                ? Numbers.UNKNOWN
                : published.verifiedAgeSeconds();
        String text = jvm.title() + " " + summary.text() + (age < 0 ? "" : ", verified " + age + " s ago");
        if (!isSelectionKnown && summary.lock() == LockSummary.Lock.PARTLY_LOCKED) {
            text += "; what its agent should lock is not known: its counters cannot be read";
        }
        return new Answer(level, jvm.pid(), text, memory, published);
    }

    /** Returns the one line that monitoring shows. */
    public String line() {
        return line(level, text);
    }

    /** Returns a line of monitoring. Names that other processes chose neither end it nor add numbers to it. */
    public static String line(Level level, String text) {
        return "MEMLOCK " + level + ": " + PlainText.of(text.replace(NUMBERS_FOLLOW, '/'), Integer.MAX_VALUE);
    }

    /** Returns an element of {@code jvms}; docs/command-line.md describes it. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pid", Numbers.orNull(pid));
        json.put("level", level.name());
        json.put("text", text);
        if (memory != null) {
            json.put(
                    "state",
                    published.state() == null ? null : published.state().name());
            json.put("lockedBytes", Numbers.orNull(memory.lockedBytes()));
            json.put("lockedBytesAgeSeconds", Numbers.orNull(memory.ageSeconds()));
            json.put("swappedBytes", Numbers.orNull(memory.swappedBytes()));
            json.put("coverage", Numbers.shareOrNull(published.coverage(memory)));
            json.put("coverageAgeSeconds", Numbers.orNull(published.coverageAgeSeconds(memory)));
            json.put("verifiedAgeSeconds", Numbers.orNull(published.verifiedAgeSeconds()));
        }
        return json;
    }
}
