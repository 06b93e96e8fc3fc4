// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.jvms.Jvm;
import io.memlock.jvms.JvmMemory;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.Numbers;
import io.memlock.jvms.ProcDirectory;
import io.memlock.jvms.PublishedLock;
import io.memlock.log.Wrap;
import io.memlock.memory.Bytes;
import io.memlock.os.Linux;
import io.memlock.proc.ProcessLimits.Limit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Prints the details of one JVM, for {@code status PID}. */
final class JvmDetail {

    private static final int VALUE_COLUMN = 14;

    private final ProcDirectory proc;
    private final Jvms jvms;
    private final int width;

    /**
     * Creates it.
     *
     * @param width of the longest line
     */
    JvmDetail(ProcDirectory proc, Jvms jvms, int width) {
        this.proc = proc;
        this.jvms = jvms;
        this.width = width;
    }

    List<String> lines(JvmStatus status) {
        Jvm jvm = status.jvm();
        JvmMemory memory = status.memory();
        List<String> lines = new ArrayList<>();
        lines.addAll(rows("user", jvms.userName(jvm.pid(), jvm.userId())));
        lines.addAll(rows(
                "heap limit",
                Numbers.bytes(status.heapMaxBytes())
                        + (jvm.flags().heapMaxBytes() < 0 && status.heapMaxBytes() >= 0 ? ", chosen by the JVM" : "")));
        lines.addAll(rows("resident", Numbers.bytes(memory.residentBytes())));
        lines.addAll(rows(
                "locked",
                Numbers.bytes(memory.lockedBytes()) + ", " + Numbers.percent(memory.coverage()) + " of resident"));
        PublishedLock published = status.published();
        if (published.isBorneOutBy(memory)) {
            long age = published.coverageAgeSeconds(memory);
            lines.addAll(rows(
                    "selected",
                    published.describe() + ": " + Numbers.percent(published.coverage()) + " of "
                            + Numbers.bytes(published.residentBytes()) + " resident are locked, "
                            + published.state() + (age < 0 ? "" : ", measured " + age + " s ago")));
        }
        if (published.verifiedAgeSeconds() >= 0) {
            lines.addAll(rows("verified", published.verifiedAgeSeconds() + " s ago by the agent"));
        }
        lines.addAll(rows("charged", Numbers.bytes(memory.chargedBytes()) + " against a limit of " + limit(jvm.pid())));
        lines.addAll(rows("swapped out", Numbers.bytes(memory.swappedBytes())));
        lines.addAll(rows(
                "major faults",
                Numbers.rate(status.majorFaultsPerSecond()) + "/s, " + status.majorFaults() + " since it started"));
        lines.addAll(rows(
                "agent",
                jvm.agent()
                        ? "runs in it; over JMX io.memlock:type=MemoryLock tells more"
                        : "none; \"attach " + jvm.pid() + "\" loads it"));
        lines.addAll(rows("container", container(jvm.pid())));
        return lines;
    }

    /** Returns one line; more if the value is too long for one. */
    private List<String> rows(String name, String value) {
        List<String> rows = new ArrayList<>();
        for (String part : Wrap.words(value, width - VALUE_COLUMN)) {
            rows.add(String.format("%-13s %s", rows.isEmpty() ? name : "", part));
        }
        return rows;
    }

    /** Returns the soft limit, with the hard one where it differs and with the privilege that lifts it. */
    private String limit(long pid) {
        try {
            Limit limit = proc.limits(pid).lockedMemory();
            String text = Bytes.limit(limit.soft());
            if (proc.status(pid).has(Linux.CAP_IPC_LOCK) && !proc.files().isInUserNamespace(Long.toString(pid))) {
                return text + ", which CAP_IPC_LOCK lifts";
            }
            return limit.soft() == limit.hard() ? text : text + ", which it may raise to " + Bytes.limit(limit.hard());
        } catch (IOException e) {
            return "unknown";
        }
    }

    private String container(long pid) {
        List<String> own = new ArrayList<>();
        try {
            List<Long> ids = proc.status(pid).namespacePids();
            if (ids.size() > 1) {
                own.add("PID namespace (it is " + ids.get(ids.size() - 1) + " there)");
            }
        } catch (IOException ended) {
            return "unknown";
        }
        if (!proc.sharesNamespace(pid, "mnt")) {
            own.add("mount namespace");
        }
        if (!proc.sharesNamespace(pid, "user")) {
            own.add("user namespace");
        }
        return own.isEmpty() ? "same as this command's" : "its own " + String.join(", ", own);
    }
}
