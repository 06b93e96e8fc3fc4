// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import java.util.ArrayList;
import java.util.List;

/** What the cases start. */
final class Apps {

    private Apps() {}

    /** Describes a small JVM that may grow. */
    static ForkedJvm.Builder grown(Jdk jdk, String... flags) {
        return ForkedJvm.on(jdk).flags("-Xms32m", "-Xmx320m").flags(flags).main(HeapApp.class);
    }

    /** Runs a command of the agent's command line, in front of it a wrapper. */
    static Outcome memlock(Jdk jdk, List<String> wrapper, String... arguments) {
        List<String> words = new ArrayList<>(wrapper);
        words.addAll(Memlock.command(jdk, arguments));
        return Commands.run(words);
    }
}
