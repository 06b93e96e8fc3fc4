// SPDX-License-Identifier: Apache-2.0
package io.memlock.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.bootstrap.RangeLocks;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LockedMemoryTest {

    private final List<String> asked = new ArrayList<>();
    private boolean fails;

    @AfterEach
    void withdraw() throws Exception {
        publish(null);
        running(null);
    }

    private static void publish(MethodHandle agent) throws Exception {
        Method publish = RangeLocks.class.getDeclaredMethod("publish", MethodHandle.class);
        publish.setAccessible(true);
        publish.invoke(null, agent);
    }

    /** Answers in the agent's place. */
    @SuppressWarnings({"UnusedMethod", "UnusedVariable"})
    private Object answer(
            String operation, long first, long second, boolean onFault, boolean hidden, ByteBuffer buffer) {
        asked.add(operation);
        if (fails) {
            throw new OutOfMemoryError("thrown by the test");
        }
        return operation.equals("lock") ? new long[] {1, first, second, first, second} : null;
    }

    /** Has the agent fail when somebody asks for it first. */
    private static void askFails(Supplier<RuntimeException> failure) throws Exception {
        running(new PrintStream(OutputStream.nullOutputStream()) {
            @Override
            public void write(byte[] request, int offset, int length) {
                throw failure.get();
            }
        });
    }

    private static void running(PrintStream agent) throws Exception {
        Field running = Class.forName("io.memlock.bootstrap.Launcher").getDeclaredField("running");
        running.setAccessible(true);
        running.set(null, agent);
    }

    @Test
    void aFullHeapIsNotTakenForAnotherVersion() throws Exception {
        askFails(() -> {
            throw new OutOfMemoryError("thrown by the test");
        });

        assertThat(MemoryLocks.isAvailable()).isFalse();
        assertThatThrownBy(() -> MemoryLocks.lock(0x1000, 0x1000)).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void anAgentThatFailsIsNotTakenForAnotherVersion() throws Exception {
        askFails(() -> new IllegalStateException("thrown by the test"));

        assertThat(MemoryLocks.isAvailable()).isFalse();
        assertThatThrownBy(() -> MemoryLocks.lock(0x1000, 0x1000))
                .isInstanceOf(MemoryLockException.class)
                .hasMessage("NOT LOCKED: memlock-agent in this JVM failed: java.lang.IllegalStateException:"
                        + " thrown by the test");
    }

    /** The end of its last page would be a negative number, for a page of any size. */
    @ParameterizedTest
    @ValueSource(longs = {1, 4096, 65_536})
    void refusesARangeThatEndsInTheLastPageOfPositiveAddresses(long bytes) {
        assertThatThrownBy(() -> MemoryLocks.lock(Long.MAX_VALUE - bytes, bytes))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesARangeThatIsLongerThanAnyMemory() {
        assertThatThrownBy(() -> MemoryLocks.lock(4096, Long.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isLockedUntilItIsClosedWithoutAnError() throws Exception {
        MethodType type = MethodType.methodType(
                Object.class, String.class, long.class, long.class, boolean.class, boolean.class, ByteBuffer.class);
        publish(MethodHandles.lookup().bind(this, "answer", type));
        LockedMemory memory = MemoryLocks.lock(0x1000, 0x1000);
        fails = true;
        assertThatThrownBy(memory::close).isInstanceOf(OutOfMemoryError.class);
        assertThat(memory.isLocked()).isTrue();
        assertThat(memory.requested()).isEqualTo(new MemoryRange(0x1000, 0x1000));
        assertThat(memory.pages()).isEqualTo(memory.requested());
        fails = false;

        memory.close();
        memory.close();

        assertThat(memory.isLocked()).isFalse();
        assertThat(asked).containsExactly("lock", "unlock", "unlock");
    }
}
