// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import java.util.List;

/** A processor that QEMU can emulate. */
enum Architecture {
    X86_64("amd64", "x86_64-linux-gnu", "qemu-system-x86_64", "qemu-system-x86", "ttyS0", "-cpu max"),
    /** The cheap pointer authentication: with the architected algorithm everything takes twice as long. */
    AARCH64(
            "arm64",
            "aarch64-linux-gnu",
            "qemu-system-aarch64",
            "qemu-system-arm",
            "ttyAMA0",
            "-M virt -cpu max,pauth-impdef=on");

    private final String debianName;
    private final String triplet;
    private final String emulator;
    private final String emulatorPackage;
    private final String console;
    private final String machine;

    Architecture(
            String debianName,
            String triplet,
            String emulator,
            String emulatorPackage,
            String console,
            String machine) {
        this.debianName = debianName;
        this.triplet = triplet;
        this.emulator = emulator;
        this.emulatorPackage = emulatorPackage;
        this.console = console;
        this.machine = machine;
    }

    /** Returns the name Debian's packages use, as {@code amd64}. */
    String debianName() {
        return debianName;
    }

    /** Returns the name of the directory with its libraries, as {@code x86_64-linux-gnu}. */
    String triplet() {
        return triplet;
    }

    /** Returns the command that emulates it. */
    String emulator() {
        return emulator;
    }

    /** Returns the Debian package that contains {@link #emulator}. */
    String emulatorPackage() {
        return emulatorPackage;
    }

    /** Returns the kernel's name of the serial console. */
    String console() {
        return console;
    }

    /** Returns the emulator's arguments for the machine and its processor. */
    List<String> machine() {
        return List.of(machine.split(" ", -1));
    }

    /** Returns the name the kernel uses, as {@code x86_64}. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
