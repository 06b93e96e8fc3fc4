// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.SwapFile;
import io.memlock.it.keeping.KeeperCpu;
import io.memlock.it.keeping.Keeping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory on a disk, with files that an application maps; and what is to be seen of them from outside. */
final class DataDirectory implements AutoCloseable {

    /** After the last map. By default the keeper looks every second, and oftener where room is scarce. */
    private static final long UNLOCKED_WITHIN_MILLIS = 10_000;

    private final Path path;
    private final Path libraries;

    private DataDirectory(Path path, Path libraries) {
        this.path = path;
        this.libraries = libraries;
    }

    /** Makes one, below the build directory. */
    static DataDirectory create(String name) {
        Machine.requireUnlimitedLocking();
        KeeperCpu.require();
        try {
            Path target = Path.of("target").toRealPath();
            return new DataDirectory(
                    Files.createTempDirectory(target, name), Files.createTempDirectory(target, "libraries"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return path;
    }

    /** A directory beside it, for native libraries that an application unpacks. */
    Path libraries() {
        return libraries;
    }

    /** The mappings of the files in it. */
    List<Smaps.Entry> mappedBy(ForkedJvm jvm) {
        return Smaps.of(jvm.pid()).mappings().stream().filter(this::isOfData).toList();
    }

    private boolean isOfData(Smaps.Entry entry) {
        return entry.path().startsWith(path.toString());
    }

    /**
     * Checks that files are mapped and none is locked, that all else is locked, and that nothing is in swap.
     *
     * @param swap there to be used
     */
    void assertOnlyDataIsUnlocked(ForkedJvm jvm, SwapFile swap) {
        Duration patience = Duration.ofMillis(KeeperCpu.of(jvm.pid()).patienceMillis(UNLOCKED_WITHIN_MILLIS));
        eventually(patience, () -> assertThat(mappedBy(jvm)).isNotEmpty().noneMatch(Smaps.Entry::isLocked));
        eventually(patience, () -> assertThat(
                        Keeping.accessibleUnlocked(jvm).stream().filter(entry -> !isOfData(entry)))
                .isEmpty());
        // A pass locks first, and then reads back.
        eventually(patience, () -> assertThat(Smaps.of(jvm.pid()).swappedBytes())
                .as("bytes in %s", swap)
                .isZero());
    }

    /** Checks that the agent blames nobody, and warns of nothing where there is nothing to warn of. */
    static void assertSaysNothingUntrue(ForkedJvm jvm) {
        assertBlamesNobody(jvm);
        assertThat(jvm.stderr()).doesNotContain("warning: locked memory can grow");
    }

    /** Checks that the agent speaks neither of others who unlocked nor of anything that is not locked. */
    static void assertBlamesNobody(ForkedJvm jvm) {
        assertThat(jvm.stderr().lines().filter(line -> line.contains("[memlock]")))
                .as("%s", jvm.stderr())
                .noneMatch(line ->
                        line.contains("another party") || line.contains("PARTIAL") || line.contains("NOT LOCKED"));
    }

    /** Deletes both. */
    @Override
    public void close() {
        delete(path);
        delete(libraries);
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
