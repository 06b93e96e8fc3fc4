// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnMappingsTest {

    /** As after the first thread has ended, while others run on: nothing of nothing would count as locked. */
    @Test
    void doesNotTakeAProcessThatShowsNoMappingForOneWithoutMemory(@TempDir Path proc) throws Exception {
        Files.createFile(Files.createDirectory(proc.resolve("self")).resolve("maps"));
        OwnMappings mappings = new OwnMappings(new ProcFs(proc.toFile(), proc.toFile()), null, null);

        assertThatThrownBy(mappings::refresh).isInstanceOf(IOException.class).hasMessage("/proc/self/maps is empty");
    }
}
