// SPDX-License-Identifier: Apache-2.0
package io.memlock.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.bootstrap.RangeLocks;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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
