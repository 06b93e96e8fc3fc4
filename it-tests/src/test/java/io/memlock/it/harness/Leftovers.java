// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of what the tests set up in the system. They carry the test run's process id, so a later run can tidy up. */
final class Leftovers {

    private static final Pattern NAME = Pattern.compile("memlock-it-(\\d+)-\\d+(\\.swap)?");
    private static final AtomicInteger COUNT = new AtomicInteger();

    private Leftovers() {}

    /** A name nobody uses. */
    static String newName() {
        return "memlock-it-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    }

    /** Whether the thing of that name was left behind by a test run that was killed. */
    static boolean isAbandoned(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return false;
        }
        Optional<ProcessHandle> owner = ProcessHandle.of(Long.parseLong(matcher.group(1)));
        return owner.isEmpty();
    }
}
