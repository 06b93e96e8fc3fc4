// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import java.nio.file.Path;

/** A kernel that guests boot. Each is what the newest point release of a Debian suite has. */
enum GuestKernel {
    /** Debian 11. The last long-term kernel before the munlock rewrite of 5.18. */
    LINUX_5_10("5.10", "bullseye", Architecture.X86_64, 4, "linux-image-cloud-amd64"),
    LINUX_6_1("6.1", "bookworm", Architecture.X86_64, 4, "linux-image-cloud-amd64"),
    LINUX_6_12("6.12", "trixie", Architecture.X86_64, 4, "linux-image-cloud-amd64"),
    LINUX_6_12_AARCH64("6.12", "trixie", Architecture.AARCH64, 4, "linux-image-cloud-arm64"),
    LINUX_6_12_AARCH64_16K("6.12", "trixie", Architecture.AARCH64, 16, "linux-image-arm64-16k");

    private final String release;
    private final String suite;
    private final Architecture architecture;
    private final int pageKibibytes;
    private final String metaPackage;

    GuestKernel(String release, String suite, Architecture architecture, int pageKibibytes, String metaPackage) {
        this.release = release;
        this.suite = suite;
        this.architecture = architecture;
        this.pageKibibytes = pageKibibytes;
        this.metaPackage = metaPackage;
    }

    /** Returns its series, as {@code 5.10}. */
    String release() {
        return release;
    }

    /** Returns what it runs on. */
    Architecture architecture() {
        return architecture;
    }

    /** Returns the size of a page. */
    int pageKibibytes() {
        return pageKibibytes;
    }

    /** Fetches it, if it is not there yet, and returns the directory with its {@code boot} and its modules. */
    Path unpacked(GuestCache cache) {
        DebianSuite debian = new DebianSuite(cache, suite, architecture);
        return debian.unpackedDependency(metaPackage, "linux-image-");
    }

    /** Returns what a test or a row of a table is named after, as {@code Linux 6.12, aarch64, 16 KiB pages}. */
    @Override
    public String toString() {
        return "Linux " + release + ", " + architecture + ", " + pageKibibytes + " KiB pages";
    }
}
