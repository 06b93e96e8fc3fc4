// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.FakeKernel;
import io.memlock.os.ThreadCpuTime;
import org.junit.jupiter.api.Test;

class OffHeapTest {

    @Test
    void loadsNothingForWhichMetaspaceHasNoRoom() {
        OffHeap offHeap = new OffHeap(null, () -> false, new ThreadCpuTime(new FakeKernel()));

        assertThatThrownBy(offHeap::countSegments)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("metaspace is nearly full");
        assertThatThrownBy(offHeap::sample)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("metaspace is nearly full");

        assertThat(offHeap.segments().number()).isEqualTo(OffHeap.UNKNOWN);
    }
}
