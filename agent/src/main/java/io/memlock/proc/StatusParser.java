// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Parses one {@code /proc/PID/status}. fs/proc/array.c: proc_pid_status */
final class StatusParser {

    /** The numbers in kilobytes come last, in the order of {@link #kilobytes}. */
    private static final Keys KEYS = new Keys(
            "Name:\t",
            "State:\t",
            "Tgid:",
            "Uid:",
            "NSpid:",
            "Threads:",
            "SigCgt:",
            "CapEff:",
            "Seccomp:",
            "VmLck:",
            "VmRSS:",
            "RssAnon:",
            "RssFile:",
            "RssShmem:",
            "VmSwap:");

    private static final int NAME = 0;
    private static final int STATE = 1;
    private static final int TGID = 2;
    private static final int UID = 3;
    private static final int NSPID = 4;
    private static final int THREADS = 5;
    private static final int SIG_CGT = 6;
    private static final int CAP_EFF = 7;
    private static final int SECCOMP = 8;
    private static final int FIRST_KILOBYTES = 9;

    private final long[] kilobytes = new long[KEYS.size() - FIRST_KILOBYTES];
    private final List<Long> namespacePids = new ArrayList<>(2);
    private String name = "";
    private String state = "";
    private long tgid = -1;
    private long realUid = -1;
    private long effectiveUid = -1;
    private long threads = -1;
    private long signalsCaught = -1;
    private long capEffective;
    private long seccompMode = -1;

    ProcessStatus parse(Cursor status) {
        Arrays.fill(kilobytes, -1);
        int key = Keys.NONE;
        while (status.nextLine()) {
            int found = KEYS.find(status, key);
            if (found != Keys.NONE) {
                value(found, status);
                key = found;
            }
        }
        return result();
    }

    private void value(int key, Cursor line) {
        switch (key) {
            case NAME -> name = line.rest();
            case STATE -> state = line.word();
            case TGID -> tgid = line.number();
            case UID -> uids(line);
            case NSPID -> namespacePids(line);
            case THREADS -> threads = line.number();
            case SIG_CGT -> signalsCaught = bits(line);
            case CAP_EFF -> capEffective = bits(line);
            case SECCOMP -> seccompMode = line.number();
            default -> kilobytes[key - FIRST_KILOBYTES] = line.kilobytes();
        }
    }

    private void uids(Cursor line) {
        line.skipBlanks();
        realUid = line.decimal();
        line.skipBlanks();
        effectiveUid = line.decimal();
    }

    private void namespacePids(Cursor line) {
        namespacePids.clear();
        line.skipBlanks();
        while (!line.atLineEnd()) {
            namespacePids.add(line.decimal());
            line.skipBlanks();
        }
    }

    private static long bits(Cursor line) {
        line.skipBlanks();
        return line.hex();
    }

    private ProcessStatus result() {
        return new ProcessStatus(
                name,
                state,
                tgid,
                List.copyOf(namespacePids),
                realUid,
                effectiveUid,
                kilobytes[0],
                kilobytes[1],
                kilobytes[2],
                kilobytes[3],
                kilobytes[4],
                kilobytes[5],
                threads,
                signalsCaught,
                capEffective,
                seccompMode);
    }
}
