// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Outcome;
import io.memlock.it.keeping.LargeFile;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JVM maps a file larger than its container and reads it as fast as it can: the kernel can drop what was read. */
final class LargeFileCases {

    private static final List<String> INTERVALS = List.of("1s", "10s", "10s", "1s");
    private static final Pattern MILLIS = Pattern.compile("read (\\d+) ms");
    private static final String DEFAULTS = "";
    private static final String TRACK_OFF = "track=off";

    private final Jdk jdk;

    LargeFileCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list() {
        return List.of(
                reads(200, DEFAULTS, "windows"),
                reads(300, DEFAULTS, "windows"),
                reads(600, DEFAULTS, "windows"),
                reads(200, TRACK_OFF, "windows"),
                reads(300, TRACK_OFF, "windows"),
                reads(600, TRACK_OFF, "windows"),
                reads(300, DEFAULTS, "native"));
    }

    private Case reads(int limitMib, String options, String how) {
        String name = "reads a mapped file larger than memory.max, " + how + " in " + limitMib + " MiB"
                + (options.isEmpty() ? "" : " with " + options);
        return new Case(name, () -> {
            try (Disk disk = Disk.mounted(Disk.DEVICE);
                    LargeFile file = LargeFile.create(disk.directory())) {
                return inTurn(file, limitMib, options, how);
            }
        });
    }

    /** Reads without the agent first and last, so that what only comes of the order can be told from what it costs. */
    private String inTurn(LargeFile file, int limitMib, String options, String how) throws Exception {
        String before = read(file, new LargeFile.Reading(null, limitMib, how, 0, false));
        List<String> kept = new ArrayList<>();
        for (String interval : INTERVALS) {
            String all = (options.isEmpty() ? "" : options + ",") + "interval=" + interval;
            kept.add(read(file, new LargeFile.Reading(all, limitMib, how, 0, false)));
        }
        String after = read(file, new LargeFile.Reading(null, limitMib, how, 0, false));
        return "at intervals of " + String.join(" ", INTERVALS) + " in " + String.join(" ", kept)
                + " ms; without the agent before in " + before + ", after in " + after;
    }

    /** Returns how many milliseconds it took. */
    private String read(LargeFile file, LargeFile.Reading reading) throws Exception {
        try (MemoryCgroup container = MemoryCgroup.withLimit((long) reading.limitMib() << 20)) {
            Outcome outcome = file.read(jdk, reading, container);
            Matcher read = MILLIS.matcher(outcome.stdout());
            Case.check(
                    LargeFile.isReadWhole(outcome) && read.find() && container.oomKills() == 0,
                    reading + ", " + container.oomKills() + " killed: " + outcome);
            Conformance.fact("large-file-ms", read.group(1)); // a guest that is silent for long is given up
            return read.group(1);
        }
    }
}
