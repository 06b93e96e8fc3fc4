// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import com.sun.jna.Native;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/**
 * What a guest boots: a kernel, and an initramfs with Debian's small base, a Java runtime, the agent and the test classes.
 * The initramfs is a row of archives that the kernel unpacks one after the other; only the last is made anew each time.
 *
 * @param kernel the file QEMU loads
 * @param initramfs the file QEMU loads beside it
 */
record GuestImage(Path kernel, Path initramfs) {

    private static final List<String> BASE =
            List.of("libc6", "libstdc++6", "zlib1g", "util-linux", "busybox-static", "crun", "vmtouch");

    private static final String BASE_SUITE = "trixie";

    /**
     * The drivers of a disk, of a file system on it, and of swap in compressed memory, which Linux 5.10 compresses with
     * lzo-rle.
     */
    private static final List<String> MODULES = List.of(
            "virtio_pci",
            "virtio_blk",
            "crc32c_generic",
            "ext4",
            "lz4_compress",
            "lz4hc_compress",
            "lzo",
            "lzo_rle",
            "zram");

    private static final String MODULES_DIRECTORY = "opt/modules";

    /**
     * Makes one.
     *
     * @param directory for the initramfs; the caller deletes it
     * @param conformance the name of the list to run, of which the system property {@code guests.cases} may choose
     */
    static GuestImage make(
            GuestCache cache, GuestKernel guestKernel, GuestJdk jdk, Path directory, String conformance) {
        Architecture architecture = guestKernel.architecture();
        Path unpacked = guestKernel.unpacked(cache);
        String profile = ContainerProfile.text(cache, architecture);
        Path own = ownArchive(new KernelModules(unpacked), architecture, jdk, directory, profile, conformance);
        List<Path> archives = List.of(
                new DebianSuite(cache, BASE_SUITE, architecture).archiveWithDependencies(BASE),
                jdk.archive(cache, architecture),
                own);
        Path initramfs = directory.resolve("initramfs");
        try (OutputStream all = Files.newOutputStream(initramfs)) {
            for (Path archive : archives) {
                Files.copy(archive, all);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new GuestImage(kernelFile(unpacked), initramfs);
    }

    private static Path ownArchive(
            KernelModules modules,
            Architecture architecture,
            GuestJdk jdk,
            Path directory,
            String profile,
            String conformance) {
        Path tree = directory.resolve("tree");
        try {
            Files.createDirectories(tree.resolve(MODULES_DIRECTORY));
            List<String> order = modules.copyTo(tree.resolve(MODULES_DIRECTORY), MODULES);
            Files.writeString(tree.resolve("opt/seccomp.json"), profile);
            Files.copy(AgentJar.path(), tree.resolve("opt/memlock-agent.jar"));
            ImageLayer.unpack(architecture, directory, tree.resolve("opt/image"));
            Commands.succeed(
                    "cp",
                    "-r",
                    AgentJar.testClasses().toString(),
                    tree.resolve("opt/test-classes").toString());
            List<String> classPath = new ArrayList<>(List.of("/opt/test-classes"));
            for (Path jar : libraries()) {
                Files.copy(jar, tree.resolve("opt").resolve(jar.getFileName()));
                classPath.add("/opt/" + jar.getFileName());
            }
            Path init = tree.resolve("init");
            Files.writeString(init, init(order, jdk.home(architecture), String.join(":", classPath), conformance));
            Commands.succeed("chmod", "755", init.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path archive = directory.resolve("own.cpio");
        RootTree.pack(tree, archive);
        return archive;
    }

    /** The jars with what the test classes need to load. */
    private static List<Path> libraries() {
        return Stream.of(Native.class, Histogram.class, Assertions.class, Test.class, TestAbortedException.class)
                .map(AgentJar::codeOf)
                .toList();
    }

    private static Path kernelFile(Path unpacked) {
        try (Stream<Path> boot = Files.list(unpacked.resolve("boot"))) {
            return boot.filter(file -> file.getFileName().toString().startsWith("vmlinu"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String init(List<String> modules, Path javaHome, String classPath, String conformance) {
        StringBuilder load = new StringBuilder();
        for (String module : modules) {
            load.append("insmod /")
                    .append(MODULES_DIRECTORY)
                    .append('/')
                    .append(module)
                    .append('\n');
        }
        return """
                #!/bin/busybox sh
                /bin/busybox mkdir -p /proc /sys /dev /tmp /run /var /root
                for tool in sh mount mkdir insmod mkswap swapon swapoff ip poweroff chmod ln sleep cat id echo; do
                  [ -e /bin/$tool ] || [ -e /sbin/$tool ] || /bin/busybox ln -s busybox /bin/$tool
                done
                export PATH=/bin:/sbin HOME=/root
                mount -t proc proc /proc
                mount -t sysfs sysfs /sys
                mount -t devtmpfs devtmpfs /dev
                # By it some security modules of Linux find out what is executed by a descriptor.
                ln -s /proc/self/fd /dev/fd
                mkdir -p /dev/shm /dev/hugepages
                mount -t tmpfs tmpfs /dev/shm
                mount -t tmpfs tmpfs /tmp
                chmod 1777 /tmp /dev/shm
                mount -t cgroup2 cgroup2 /sys/fs/cgroup
                ip link set lo up
                echo root:x:0:0:root:/root:/bin/sh >/etc/passwd
                echo nobody:x:65534:65534:nobody:/:/bin/sh >>/etc/passwd
                %s\
                echo "== started"
                %s/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m -cp %s \
                -Dmemlock.agent.jar=/opt/memlock-agent.jar io.memlock.it.guest.inside.Conformance %s '%s' </dev/null 2>&1
                echo "== ended $?"
                poweroff -f
                """
                .formatted(load, javaHome, classPath, conformance, System.getProperty("guests.cases", ""));
    }
}
