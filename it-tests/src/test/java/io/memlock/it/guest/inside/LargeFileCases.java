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

    private static final int ROUNDS = 3;
    private static final Pattern MILLIS = Pattern.compile("read (\\d+) ms");
    private static final String DEFAULTS = "";

    private final Jdk jdk;

    LargeFileCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list() {
        return List.of(
                reads(200, DEFAULTS, "windows"),
                reads(300, DEFAULTS, "windows"),
                reads(600, DEFAULTS, "windows"),
                reads(300, "track=off", "windows"),
                reads(300, DEFAULTS, "native"));
    }

    private Case reads(int limitMib, String options, String how) {
        String name = "reads a mapped file larger than memory.max, " + how + " in " + limitMib + " MiB"
                + (options.isEmpty() ? "" : " with " + options);
        return new Case(name, () -> {
            try (Disk disk = Disk.mounted();
                    LargeFile file = LargeFile.create(disk.directory())) {
                String plain = read(file, new LargeFile.Reading(null, limitMib, how, 0, false), 1);
                String kept = read(file, new LargeFile.Reading(options, limitMib, how, 0, false), ROUNDS);
                return "in " + kept + " ms; without the agent in " + plain;
            }
        });
    }

    /** Returns the milliseconds each round took. */
    private String read(LargeFile file, LargeFile.Reading reading, int rounds) throws Exception {
        List<String> millis = new ArrayList<>();
        try (MemoryCgroup container = MemoryCgroup.withLimit((long) reading.limitMib() << 20)) {
            for (int i = 0; i < rounds; i++) {
                Outcome outcome = file.read(jdk, reading, container);
                Matcher read = MILLIS.matcher(outcome.stdout());
                Case.check(
                        LargeFile.isReadWhole(outcome) && read.find() && container.oomKills() == 0,
                        reading + ", round " + (i + 1) + ", " + container.oomKills() + " killed: " + outcome);
                millis.add(read.group(1));
                Conformance.fact("large-file-ms", read.group(1)); // a guest that is silent for long is given up
            }
        }
        return String.join(" ", millis);
    }
}
