// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

/** The platforms whose native library is in the jar. */
enum Platform {
    X86_64("com/sun/jna/linux-x86-64/libjnidispatch.so", 279),
    AARCH64("com/sun/jna/linux-aarch64/libjnidispatch.so", 239);

    /** Where JNA's native library for this platform is, as a resource. */
    final String library;

    /** The number of move_pages(2). arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h */
    final long movePages;

    Platform(String library, long movePages) {
        this.library = library;
        this.movePages = movePages;
    }

    /**
     * Returns the platform of this JVM.
     *
     * @return null if it is none of ours
     */
    static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Platform of(String osName, String osArch) {
        if (!"Linux".equals(osName) || osArch == null) {
            return null;
        }
        return switch (osArch) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> null;
        };
    }
}
