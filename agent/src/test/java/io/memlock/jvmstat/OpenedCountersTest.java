// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OpenedCountersTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<Throwable> told = new ArrayList<>();
    private Throwable failure;
    private int attempts;

    private final OpenedCounters<String> counters = new OpenedCounters<>() {
        @Override
        protected String open() throws ReflectiveOperationException {
            attempts++;
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof ReflectiveOperationException unknown) {
                throw unknown;
            }
            return "opened";
        }

        @Override
        protected void failed(Throwable why) {
            told.add(why);
        }
    };

    @Test
    void areOpenedOnce() {
        assertThat(counters.get(0)).isEqualTo("opened");
        assertThat(counters.get(SECOND)).isEqualTo("opened");
        assertThat(counters.get()).isEqualTo("opened");
        assertThat(attempts).isEqualTo(1);
    }

    @Test
    void areOpenedASecondAfterALackOfMemory() {
        failure = new OutOfMemoryError("thrown by the test");
        assertThat(counters.get(0)).isNull();
        assertThat(counters.get(SECOND / 2)).isNull();
        assertThat(attempts).isEqualTo(1);

        failure = new InvocationTargetException(failure);
        assertThat(counters.get(SECOND)).isNull();
        assertThat(counters.get(2 * SECOND)).as("the next pause is longer").isNull();
        assertThat(attempts).isEqualTo(2);

        failure = null;
        assertThat(counters.get(3 * SECOND)).isEqualTo("opened");
        assertThat(told).isEmpty();
    }

    @Test
    void areNotAskedForAgainWhereThereAreNone() {
        failure = new ClassNotFoundException("another JDK");
        assertThat(counters.get(0)).isNull();
        assertThat(counters.get(SECOND)).isNull();
        assertThat(attempts).isEqualTo(1);
        assertThat(told).containsExactly(failure);
    }

    /** The keeper asks: an error again and again would keep it from its passes. */
    @Test
    void areNotAskedForAgainWhereAClassOfTheJdkIsBroken() {
        failure = new NoClassDefFoundError("Could not initialize class jdk.internal.perf.Perf");
        assertThat(counters.get(0)).isNull();
        assertThat(counters.get(SECOND)).isNull();
        assertThat(attempts).isEqualTo(1);
    }
}
