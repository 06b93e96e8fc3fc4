// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A machine made of captured files: {@code /proc} and {@code /sys} below a directory, as Linux 6.18 shows them where nothing
 * is wrong. A test changes what it is about.
 */
final class CapturedHost {

    /** The JVM that is examined. */
    static final String PID = "17258";

    private final Path root;

    CapturedHost(Path root) {
        this.root = root;
        put("proc/meminfo", captured("host/meminfo"));
        put("proc/swaps", captured("host/swaps"));
        // The mount of the capture shows cgroups above the namespace, so that its own has no name there.
        String mounts = captured("jdk17-g1/mountinfo").replace("/../.. /sys/fs/cgroup", "/ /sys/fs/cgroup");
        put("proc/self/mountinfo", mounts);
        put("proc/" + PID + "/mountinfo", mounts);
        put("proc/" + PID + "/cgroup", captured("jdk17-g1/cgroup"));
        put("proc/" + PID + "/status", captured("jdk17-g1/status"));
        put("proc/" + PID + "/environ", "HOME=/root\0PATH=/usr/bin\0");
        put("proc/" + PID + "/root/tmp/file", "");
        put("proc/" + PID + "/root/jdk/release", "IMPLEMENTOR=\"N/A\"\nJAVA_VERSION=\"17.0.15\"\nOS_ARCH=\"x86_64\"\n");
        put("proc/sys/kernel/osrelease", "6.18.44-fc-v657\n");
        put("proc/sys/vm/max_map_count", "65530\n");
        put("proc/sys/vm/swappiness", "60\n");
        put("proc/sys/vm/compact_unevictable_allowed", "0\n");
        put("proc/sys/kernel/numa_balancing", "0\n");
        put("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        put("sys/module/zswap/parameters/enabled", "N\n");
        put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        put("sys/fs/cgroup/memory/memory.usage_in_bytes", "1048576\n");
    }

    ProcFs proc() {
        return new ProcFs(root.resolve("proc").toFile(), root.toFile());
    }

    /** Replaces a file, named as from the root directory. */
    CapturedHost put(String file, String text) {
        try {
            Path path = root.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CapturedHost remove(String file) {
        try {
            Files.delete(root.resolve(file));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces a part of a file that must be there. */
    CapturedHost replace(String file, String regex, String by) {
        try {
            String text = Files.readString(root.resolve(file));
            String replaced = text.replaceAll(regex, by);
            if (replaced.equals(text)) {
                throw new IllegalArgumentException(file + " has no " + regex);
            }
            return put(file, replaced);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String captured(String name) {
        try (InputStream in = CapturedHost.class.getResourceAsStream("/proc/" + name)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
