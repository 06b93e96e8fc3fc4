// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.pressure;

import io.memlock.it.harness.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Swap space in compressed memory, for as long as it is open. Linux Documentation/admin-guide/blockdev/zram.rst */
final class ZramSwap implements AutoCloseable {

    private static final Path DEVICE = Path.of("/dev/zram0");
    private static final Path CONTROL = Path.of("/sys/block/zram0");

    private ZramSwap() {}

    static boolean isThere() {
        return Files.exists(DEVICE) && Files.isWritable(CONTROL.resolve("disksize"));
    }

    /** Adds so much, uncompressed. */
    static ZramSwap add(int megabytes) {
        ZramSwap swap = new ZramSwap();
        swap.close(); // of a run that was killed
        try {
            Files.writeString(CONTROL.resolve("disksize"), megabytes + "M");
            Commands.succeed("mkswap", DEVICE.toString());
            Commands.succeed("swapon", DEVICE.toString());
            return swap;
        } catch (IOException e) {
            swap.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | AssertionError e) {
            swap.close();
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            if (Files.readString(Path.of("/proc/swaps")).contains(DEVICE.toString())) {
                Commands.succeed("swapoff", DEVICE.toString());
            }
            Files.writeString(CONTROL.resolve("reset"), "1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
