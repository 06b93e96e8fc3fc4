// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.files.FileOpener;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeStacksTest {

    private static final String BLOCKED =
            "202 0x7febe29ff990 0x109 0x13ed 0x0 0x0 0xffffffff 0x7febe16fdd30 0x7febe3fc7f16\n";

    private static final Mapping STACK = CapturedMaps.mapping("7febe15ff000-7febe16ff000 rw-p 00000000 00:00 0");

    @TempDir
    private Path process;

    @Test
    void readsTheStackPointerOfABlockedThread() {
        assertThat(NativeStacks.stackPointer(BLOCKED)).isEqualTo(0x7febe16fdd30L);
    }

    @Test
    void readsTheStackPointerOfAThreadOutsideOfASystemCall() {
        assertThat(NativeStacks.stackPointer("-1 0x7fffdfb2cbd0 0x7febe3fc7f16\n"))
                .isEqualTo(0x7fffdfb2cbd0L);
    }

    @Test
    void readsNothingOfARunningThread() {
        assertThat(NativeStacks.stackPointer("running\n")).isNull();
    }

    @Test
    void takesTheMappingAroundTheStackPointer() throws IOException {
        task(7, BLOCKED);
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), process.toString());

        assertThat(stacks.refresh(Set.of())).isTrue();
        assertThat(stacks.ranges(List.of(STACK)))
                .containsExactly(new KnownRange(STACK.start(), STACK.end(), Region.STACKS, Evidence.STACK_POINTER));
    }

    @Test
    void takesOnlyTheBeginningOfAMappingTooLargeForAStack() throws IOException {
        task(7, BLOCKED);
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), process.toString());
        stacks.refresh(Set.of());
        Mapping merged = CapturedMaps.mapping("7febe15ff000-7fecf0000000 rw-p 00000000 00:00 0");

        assertThat(stacks.ranges(List.of(merged))).singleElement().satisfies(range -> {
            assertThat(range.start()).isEqualTo(merged.start());
            assertThat(range.end()).isBetween(0x7febe16fdd30L, 0x7febe16fdd30L + (1 << 20));
        });
    }

    @Test
    void leavesJavaThreadsOut() throws IOException {
        task(7, BLOCKED);
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), process.toString());

        assertThat(stacks.refresh(Set.of(7))).isFalse();
        assertThat(stacks.ranges(List.of(STACK))).isEmpty();
    }

    @Test
    void asksARunningThreadAgainAndABlockedOneNotTwice() throws IOException {
        task(7, BLOCKED);
        task(8, "running\n");
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), process.toString());
        stacks.refresh(Set.of());

        task(7, "running\n");
        task(8, BLOCKED.replace("e16fdd30", "e26fdd30"));

        assertThat(stacks.refresh(Set.of())).isTrue();
        assertThat(stacks.ranges(List.of(STACK))).hasSize(1);
        assertThat(stacks.refresh(Set.of())).isFalse();
    }

    @Test
    void saysSoWhenTheKernelTellsNothing() throws IOException {
        Files.createDirectories(process.resolve("task/7"));
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), process.toString());

        assertThatThrownBy(() -> stacks.refresh(Set.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("stack pointers");
    }

    @Test
    void saysSoWhenThereAreNoThreadsToList() {
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), process.toString());

        assertThatThrownBy(() -> stacks.refresh(Set.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot list");
    }

    @Test
    void keepsOtherStacksWhenAThreadEndsWhileItIsAsked() throws IOException {
        task(7, BLOCKED);
        Files.createDirectories(process.resolve("task/8"));
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), process.toString());

        assertThat(stacks.refresh(Set.of())).isTrue();
        assertThat(stacks.ranges(List.of(STACK))).hasSize(1);
    }

    @Test
    void takesAMappingAsLargeAsTheLargestStackAsAWhole() throws IOException {
        task(7, BLOCKED);
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), process.toString());
        stacks.refresh(Set.of());
        Mapping largest = CapturedMaps.mapping("7febe10fd000-7febe20fd000 rw-p 00000000 00:00 0");
        Mapping larger = CapturedMaps.mapping("7febe10fd000-7febe20fe000 rw-p 00000000 00:00 0");

        assertThat(stacks.ranges(List.of(largest))).singleElement().satisfies(range -> assertThat(range.end())
                .isEqualTo(largest.end()));
        assertThat(stacks.ranges(List.of(larger))).singleElement().satisfies(range -> assertThat(range.end())
                .isEqualTo(0x7febe16fdd30L + (64 << 10)));
    }

    @Test
    void findsTheOneMappingThatHoldsTheStackPointer() throws IOException {
        task(7, "-1 0x20000 0x7febe3fc7f16\n");
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), process.toString());
        stacks.refresh(Set.of());
        List<Mapping> mappings = List.of(
                CapturedMaps.mapping("00010000-00020000 rw-p 00000000 00:00 0"),
                CapturedMaps.mapping("00020000-00021000 rw-p 00000000 00:00 0"),
                CapturedMaps.mapping("00030000-00040000 rw-p 00000000 00:00 0"),
                CapturedMaps.mapping("00040000-00050000 rw-p 00000000 00:00 0"));

        assertThat(stacks.ranges(mappings)).singleElement().satisfies(range -> {
            assertThat(range.start()).isEqualTo(0x20000);
            assertThat(range.end()).isEqualTo(0x21000);
        });
        assertThat(stacks.ranges(mappings.subList(2, 4))).isEmpty();
        assertThat(stacks.ranges(mappings.subList(0, 1))).isEmpty();
        assertThat(stacks.ranges(List.of())).isEmpty();
    }

    /** A thread that an application gave a stack of its own making: what it is in is no memory for stacks. */
    @Test
    void takesNoFileNoSharedAndNoReadOnlyMemoryForAStack() throws IOException {
        task(7, BLOCKED);
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), process.toString());
        stacks.refresh(Set.of());

        for (String mapping :
                new String[] {"rw-s 00000000 00:00 0", "r--p 00000000 00:00 0", "rw-p 00000000 fe:00 7 /data/index"}) {
            assertThat(stacks.ranges(List.of(CapturedMaps.mapping("7febe15ff000-7febe16ff000 " + mapping))))
                    .as(mapping)
                    .isEmpty();
        }
    }

    @Test
    void aThreadThatHasGoneIsForgotten() throws IOException {
        task(7, BLOCKED);
        task(8, "running\n");
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), process.toString());
        stacks.refresh(Set.of());
        Files.delete(process.resolve("task/7/syscall"));
        Files.delete(process.resolve("task/7"));

        assertThat(stacks.refresh(Set.of())).isTrue();
        assertThat(stacks.ranges(List.of(STACK))).isEmpty();
    }

    @Test
    void readsNothingWhereNoStackPointerIs() {
        assertThat(NativeStacks.stackPointer("-1 0x0 0x0\n")).isNull();
        assertThat(NativeStacks.stackPointer("202 7febe29ff990 0x109\n")).isNull();
        assertThat(NativeStacks.stackPointer("")).isNull();
        assertThat(NativeStacks.stackPointer("0x1 0x2")).isNull();
    }

    private void task(int id, String syscall) throws IOException {
        Path task = Files.createDirectories(process.resolve("task").resolve(Integer.toString(id)));
        Files.writeString(task.resolve("syscall"), syscall);
    }
}
