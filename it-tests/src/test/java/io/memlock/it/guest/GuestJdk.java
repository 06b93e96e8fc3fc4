// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import java.nio.file.Path;

/** A Java runtime for guests: Debian's. */
enum GuestJdk {
    JDK_17(17, "bookworm"),
    JDK_21(21, "trixie"),
    JDK_25(25, "trixie");

    private final int feature;
    private final String suite;

    GuestJdk(int feature, String suite) {
        this.feature = feature;
        this.suite = suite;
    }

    /** Returns its release, as 17. */
    int feature() {
        return feature;
    }

    /** Returns its directory in the guest. */
    Path home(Architecture architecture) {
        return Path.of("/usr/lib/jvm/java-" + feature + "-openjdk-" + architecture.debianName());
    }

    /** Fetches it, if it is not there yet, and returns an archive with it for an initramfs. */
    Path archive(GuestCache cache, Architecture architecture) {
        return new DebianSuite(cache, suite, architecture).archive("openjdk-" + feature + "-jre-headless");
    }

    @Override
    public String toString() {
        return "JDK " + feature;
    }
}
