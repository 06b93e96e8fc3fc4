// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.memlock.memory.Evidence;
import io.memlock.memory.Region;
import io.memlock.vmstructs.MemorySnapshot;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JavaThreadsTest {

    private static final long MIB = 1 << 20;
    private static final long STACK = 0x7e00_0000_0000L;

    private final FakeHotSpot hotSpot = new FakeHotSpot();
    private final long list = hotSpot.data(16);
    private JavaThreads threads;

    private void start(String osThreadField, long... addresses) throws IOException {
        hotSpot.variable("ThreadsSMRSupport::_java_thread_list", list)
                .field("ThreadsList::_length", 0)
                .field("ThreadsList::_threads", 8)
                .field("JavaThread::_stack_base", 16)
                .field("JavaThread::_stack_size", 24)
                .field(osThreadField, 32)
                .field("OSThread::_thread_id", 8);
        list(addresses);
        threads = new JavaThreads(hotSpot.structs(JavaThreads.FIELDS));
    }

    private void list(long... addresses) {
        fill(list, addresses);
    }

    /** Another list than the one that counts. */
    private long otherList(long... addresses) {
        long other = hotSpot.data(16);
        fill(other, addresses);
        return other;
    }

    private void fill(long at, long... addresses) {
        long pointers = hotSpot.data(addresses.length * 8L + 8);
        for (int i = 0; i < addresses.length; i++) {
            hotSpot.word(pointers + i * 8L, addresses[i]);
        }
        hotSpot.int32(at, addresses.length);
        hotSpot.word(at + 8, pointers);
    }

    /** A thread with a stack of 1 MiB. */
    private long thread(int id) {
        long thread = hotSpot.data(64);
        hotSpot.word(thread + 16, STACK + id * MIB);
        hotSpot.word(thread + 24, MIB);
        long osThread = hotSpot.data(16);
        hotSpot.word(thread + 32, osThread);
        hotSpot.int32(osThread + 8, id);
        return thread;
    }

    private static KnownRange stack(int id) {
        return new KnownRange(STACK + (id - 1) * MIB, STACK + id * MIB, Region.STACKS, Evidence.VM_STRUCTURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JavaThread::_osthread", "Thread::_osthread"})
    void findsEachStackAndWhoseItIs(String osThreadField) throws IOException {
        start(osThreadField, thread(7), thread(9));

        assertThat(threads.refresh(hotSpot.snapshot())).isTrue();

        assertThat(threads.stacks()).containsExactly(stack(7), stack(9));
        assertThat(threads.threadIds()).containsExactlyInAnyOrder(7, 9);
    }

    @Test
    void looksAtThreadsOnlyWhenTheListHasChanged() throws IOException {
        long first = thread(7);
        start("Thread::_osthread", first);
        threads.refresh(hotSpot.snapshot());

        assertThat(threads.refresh(hotSpot.snapshot())).isFalse();
        assertThat(threads.stacks()).containsExactly(stack(7));

        list(first, thread(9));
        assertThat(threads.refresh(hotSpot.snapshot())).isTrue();
        assertThat(threads.stacks()).containsExactly(stack(7), stack(9));
    }

    @Test
    void looksAgainAtAThreadThatHadNoStackYet() throws IOException {
        long starting = thread(9);
        hotSpot.word(starting + 16, 0);
        hotSpot.word(starting + 24, 0);
        start("Thread::_osthread", thread(7), starting);
        threads.refresh(hotSpot.snapshot());
        assertThat(threads.stacks()).containsExactly(stack(7));

        hotSpot.word(starting + 16, STACK + 9 * MIB);
        hotSpot.word(starting + 24, MIB);

        assertThat(threads.refresh(hotSpot.snapshot())).isTrue();
        assertThat(threads.stacks()).containsExactly(stack(7), stack(9));
    }

    /** As a size that was written, and a base that was not yet. */
    @Test
    void believesNoStackThatEndsBeforeItStarts() throws IOException {
        long torn = thread(9);
        hotSpot.word(torn + 24, -MIB);
        start("Thread::_osthread", torn);
        threads.refresh(hotSpot.snapshot());

        assertThat(threads.stacks()).isEmpty();
    }

    /** Of memory that was freed, any two words: it would claim all that lies below an address. */
    @Test
    void believesNoStackThatIsLargerThanAStackCanBe() throws IOException {
        long freed = thread(9);
        hotSpot.word(freed + 24, 1L << 40);
        start("Thread::_osthread", freed, thread(7));
        threads.refresh(hotSpot.snapshot());

        assertThat(threads.stacks()).containsExactly(stack(7));
    }

    /** As {@code new Thread(group, task, name, 2L << 30)} makes it. */
    @Test
    void findsAStackThatIsLargerThanAnOptionAllows() throws IOException {
        long large = thread(7);
        hotSpot.word(large + 24, 2L << 30);
        start("Thread::_osthread", large);
        threads.refresh(hotSpot.snapshot());

        assertThat(threads.stacks())
                .extracting(KnownRange::start, KnownRange::end)
                .containsExactly(tuple(STACK + 7 * MIB - (2L << 30), STACK + 7 * MIB));
    }

    /** The one that was read may have been freed in the midst of that. */
    @Test
    void readsTheListAgainThatIsReplacedWhileItIsRead() throws IOException {
        start("Thread::_osthread", thread(7));
        long variable = hotSpot.structs(JavaThreads.FIELDS).field("ThreadsSMRSupport::_java_thread_list");
        MemorySnapshot snapshot = hotSpot.snapshot();
        snapshot.word(variable);
        hotSpot.word(variable, otherList(thread(8), thread(9)));

        assertThat(threads.refresh(snapshot)).isTrue();

        assertThat(threads.stacks()).containsExactly(stack(8), stack(9));
        assertThat(threads.refresh(hotSpot.snapshot())).isFalse();
    }

    @Test
    void believesNoListThatIsReplacedAgainAndAgain() throws IOException {
        start("Thread::_osthread", thread(7));
        long variable = hotSpot.structs(JavaThreads.FIELDS).field("ThreadsSMRSupport::_java_thread_list");
        MemorySnapshot replaced = new MemorySnapshot((address, into) -> {
            hotSpot.read(address, into);
            if (address <= variable && variable < address + into.length) {
                hotSpot.word(variable, otherList(thread(8)));
            }
        });

        assertThatThrownBy(() -> threads.refresh(replaced))
                .isInstanceOf(IOException.class)
                .hasMessage("the list of Java threads was replaced just now");
        assertThat(threads.stacks()).isEmpty();

        hotSpot.word(variable, list);
        assertThat(threads.refresh(hotSpot.snapshot())).isTrue();
        assertThat(threads.stacks()).containsExactly(stack(7));
    }

    @Test
    void looksAgainWhereTheListIsReplacedWhileTheThreadsAreRead() throws IOException {
        long thread = thread(7);
        start("Thread::_osthread", thread);
        long variable = hotSpot.structs(JavaThreads.FIELDS).field("ThreadsSMRSupport::_java_thread_list");
        long other = otherList(thread(8), thread(9));
        MemorySnapshot replaced = new MemorySnapshot((address, into) -> {
            hotSpot.read(address, into);
            if (address <= thread && thread < address + into.length && into.length < 4096) {
                hotSpot.word(variable, other);
            }
        });

        assertThat(threads.refresh(replaced)).isTrue();

        assertThat(threads.stacks()).containsExactly(stack(8), stack(9));
        assertThat(threads.refresh(hotSpot.snapshot())).isFalse();
    }

    @Test
    void skipsAThreadThatHasGone() throws IOException {
        start("Thread::_osthread", 0x6666_0000L, thread(7));
        threads.refresh(hotSpot.snapshot());

        assertThat(threads.stacks()).containsExactly(stack(7));
    }

    /** Then the kernel is asked for its stack pointer, too. */
    @Test
    void findsTheStackOfAThreadWhoseNumberIsNotTold() throws IOException {
        long thread = thread(7);
        hotSpot.word(thread + 32, 0x6666_0000L);
        start("Thread::_osthread", thread);
        threads.refresh(hotSpot.snapshot());

        assertThat(threads.stacks()).containsExactly(stack(7));
        assertThat(threads.threadIds()).doesNotContain(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, (1 << 20) + 1})
    void believesNoNumberOfThreadsThatCannotBe(int length) throws IOException {
        start("Thread::_osthread");
        hotSpot.int32(list, length);

        assertThatThrownBy(() -> threads.refresh(hotSpot.snapshot()))
                .isInstanceOf(IOException.class)
                .hasMessage(length + " threads cannot be");
    }
}
