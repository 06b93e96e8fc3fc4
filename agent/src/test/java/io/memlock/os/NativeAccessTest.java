// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NativeAccessTest {

    /** An attach after a start that has failed later on: a library that is loaded twice may crash the JVM. */
    @Test
    void opensOnceInAJvm() throws Exception {
        assertThat(NativeAccess.open(null)).isSameAs(NativeAccess.open(null));
    }
}
