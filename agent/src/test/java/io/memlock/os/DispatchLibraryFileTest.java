// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DispatchLibraryFileTest {

    /** What dlerror(3) said of JNA's library: musl 1.2.3, and glibc 2.36 of one with a symbol it lacks. */
    @ParameterizedTest
    @CsvSource({
        "/proc/self/fd/7: Error relocating /proc/self/fd/7: __strdup: symbol not found, true",
        "/proc/self/fd/7: /proc/self/fd/7: undefined symbol: __strdup, false",
        "/proc/self/fd/7: /proc/self/fd/7: failed to map segment from shared object, false"
    })
    void tellsMuslByItsWords(String failure, boolean isMusl) {
        assertThat(DispatchLibraryFile.isOfMusl(failure)).isEqualTo(isMusl);
    }

    @ParameterizedTest
    @CsvSource({
        "/tmp: /dev/urandom (Too many open files), ulimit -n",
        "/tmp: File too large, ulimit -f",
        "/tmp: /proc is not mounted, mount -t proc proc /proc",
        "/tmp: cannot be written, -Djava.io.tmpdir=",
        "/tmp: the agent jar has no com/sun/jna/linux-x86-64/libjnidispatch.so, install memlock-agent.jar again"
    })
    void namesWhatHelps(String failures, String remedy) {
        assertThat(DispatchLibraryFile.remedy(failures)).startsWith("# ").contains(remedy);
    }

    @Test
    void tellsWhyAndWhatHelpsApart() {
        assertThatThrownBy(() -> DispatchLibraryFile.load("no such library", List.of("/tmp")))
                .isInstanceOfSatisfying(NativeUnavailableException.class, e -> {
                    assertThat(e.reason()).contains("/tmp: the agent jar has no no such library");
                    assertThat(e.remedy()).isEqualTo("# install memlock-agent.jar again: this file is damaged");
                    assertThat(e).hasMessage(e.reason() + "\n  " + e.remedy());
                });
    }
}
