// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A virtual machine with a kernel and a JDK, which runs the conformance list and is gone afterwards. */
final class Guest {

    /**
     * The two processors take turns on one thread of the host. With a thread for each, QEMU before 8.1 can translate an
     * instruction while the other processor writes it, and HotSpot, which patches its code all the time, dies of what then
     * runs: SIGILL or SIGSEGV at the entry of a compiled method.
     */
    private static final String ACCELERATOR = "tcg,thread=single";

    private static final int MEMORY_MEBIBYTES = 3072;

    /** For swap, for a file system in turn, and for both at once. */
    private static final List<String> DISKS = List.of("disk", "second-disk");

    private static final long DISK_BYTES = 2L << 30;

    /** Every case says at least at its end how it went; one case starts some ten JVMs at most, on a host that may be busy. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(15);

    private final GuestKernel kernel;
    private final GuestJdk jdk;

    Guest(GuestKernel kernel, GuestJdk jdk) {
        this.kernel = kernel;
        this.jdk = jdk;
    }

    /** Skips the test, on CI fails it, where the tools are missing that make and run this guest. */
    void requireTools() {
        GuestTests.requireTools(kernel.architecture());
    }

    /**
     * Boots the guest, runs the list, and returns what came of it.
     *
     * @param list the name of the conformance list
     */
    GuestRun run(String list) {
        try (GuestDirectory directory = GuestDirectory.make()) {
            GuestImage image = GuestImage.make(GuestCache.open(), kernel, jdk, directory.path(), list);
            for (String disk : DISKS) {
                try (RandomAccessFile sparse =
                        new RandomAccessFile(directory.path().resolve(disk).toFile(), "rw")) {
                    sparse.setLength(DISK_BYTES);
                }
            }
            Progress.say("booting " + this);
            GuestRun run = new GuestRun(kernel, jdk, list);
            watch(directory.start(command(image, directory.path())), run);
            return run;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command(GuestImage image, Path directory) {
        Architecture architecture = kernel.architecture();
        List<String> command = new ArrayList<>(List.of(architecture.emulator()));
        command.addAll(architecture.machine());
        command.addAll(List.of("-accel", ACCELERATOR, "-smp", "2", "-m", Integer.toString(MEMORY_MEBIBYTES)));
        command.addAll(List.of(
                "-kernel",
                image.kernel().toString(),
                "-initrd",
                image.initramfs().toString()));
        for (String disk : DISKS) {
            command.addAll(List.of("-drive", "file=" + directory.resolve(disk) + ",if=virtio,format=raw,cache=unsafe"));
        }
        command.addAll(List.of("-nic", "none", "-nographic", "-no-reboot", "-append"));
        command.add("console=" + architecture.console() + " quiet rdinit=/init panic=-1 mitigations=off");
        return command;
    }

    private static void watch(Process emulator, GuestRun run) throws IOException {
        ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
        try (BufferedReader console =
                new BufferedReader(new InputStreamReader(emulator.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            do {
                ScheduledFuture<?> bite =
                        watchdog.schedule(emulator::destroyForcibly, LONGEST_SILENCE.toSeconds(), TimeUnit.SECONDS);
                line = console.readLine();
                bite.cancel(false);
                if (line != null) {
                    run.add(line.strip());
                }
            } while (line != null);
        } finally {
            watchdog.shutdownNow();
        }
        run.end();
    }

    @Override
    public String toString() {
        return kernel + ", " + jdk;
    }
}
