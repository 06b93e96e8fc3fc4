// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.calls.LimitProbe;
import io.memlock.calls.LockProbe;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Region;
import io.memlock.ranges.RangeLocker;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class RangeLockServiceTest {

    private static final long PAGE = FakeKernel.PAGE;
    private static final long NATIVE = 0x5000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final LockProbe probe = new LockProbe(kernel, PAGE);
    private final MethodHandle service = new RangeLockService(new RangeLocker(
                    process,
                    kernel,
                    probe,
                    new LimitProbe(kernel, kernel.proc(), probe, PAGE),
                    kernel.proc(),
                    nanos -> {},
                    PAGE,
                    0))
            .handle();

    private Object ask(String operation, long first, long second) throws Throwable {
        return (Object) service.invokeExact(operation, first, second, true, false, (ByteBuffer) null);
    }

    /** The process is not dumpable any more, or has no file descriptor left. */
    @Test
    void whatIsLockedIsNotCalledUnlockedWherePagemapCannotBeRead() throws Throwable {
        kernel.commit(Region.NATIVE, NATIVE, 4 * PAGE);
        long number = ((long[]) ask("lock", NATIVE, 4 * PAGE))[0];

        assertThat((String) ask("lockedBytes", number, 0)).startsWith("LOCKED,").contains("pagemap");
    }

    @Test
    void whatCouldNotBeUnlockedIsNotCalledUnlocked() throws Throwable {
        kernel.commit(Region.NATIVE, NATIVE, 4 * PAGE);
        long number = ((long[]) ask("lock", NATIVE, 4 * PAGE))[0];
        kernel.afterUnlock.put(NATIVE, () -> {
            throw new IllegalStateException("thrown by the test");
        });

        assertThat((String) ask("unlock", number, 0)).startsWith("STILL LOCKED").contains("thrown by the test");
    }

    @Test
    void whatAnErrorKeptFromBeingUnlockedCanBeUnlockedAgain() throws Throwable {
        kernel.commit(Region.NATIVE, NATIVE, 4 * PAGE);
        long whole = ((long[]) ask("lock", NATIVE, 4 * PAGE))[0];
        long part = ((long[]) ask("lock", NATIVE + PAGE, PAGE))[0];
        kernel.afterUnlock.put(NATIVE, () -> {
            throw new OutOfMemoryError("thrown by the test");
        });
        assertThatThrownBy(() -> ask("unlock", whole, 0)).isInstanceOf(OutOfMemoryError.class);
        assertThat(process.held().holdsAll(NATIVE, NATIVE + 4 * PAGE)).isTrue();

        ask("unlock", whole, 0);
        ask("unlock", whole, 0);

        assertThat(kernel.chargedBytes()).isEqualTo(PAGE);
        assertThat(process.held().holdsAll(NATIVE + PAGE, NATIVE + 2 * PAGE)).isTrue();
        assertThat(process.held().firstOther(NATIVE + 2 * PAGE, NATIVE + 4 * PAGE))
                .isEqualTo(NATIVE + 2 * PAGE);
        ask("unlock", part, 0);
        assertThat(kernel.chargedBytes()).isZero();
    }
}
