// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaleLibrariesTest {

    private static final String DIGITS = "0123456789abcdef0123456789abcdef";
    private static final String DIRECTORY = "memlock-" + DIGITS;
    private static final String FILE = "memlock-libjnidispatch-" + DIGITS + ".so";
    private static final long LATER = System.currentTimeMillis() + 120_000;

    @TempDir
    private Path place;

    @Test
    void removesWhatAKilledStartLeftBehind() throws IOException {
        put(DIRECTORY, FILE);
        remove(LATER);
        assertThat(place).isEmptyDirectory();
    }

    @Test
    void leavesAStartAlone() throws IOException {
        put(DIRECTORY, FILE);
        remove(System.currentTimeMillis());
        assertThat(place.resolve(DIRECTORY).resolve(FILE)).exists();
    }

    @Test
    void leavesWhatIsNotOursAlone() throws IOException {
        put(DIRECTORY, "thesis.tex");
        put("memlock-notes", FILE);
        Path elsewhere = put("elsewhere", "libfoo.so").getParent();
        Path link = place.resolve("memlock-" + DIGITS.replace('0', '1'));
        Files.createSymbolicLink(link, elsewhere);

        remove(LATER);

        assertThat(place.resolve(DIRECTORY).resolve("thesis.tex")).exists();
        assertThat(place.resolve("memlock-notes").resolve(FILE)).exists();
        assertThat(elsewhere.resolve("libfoo.so")).exists();
    }

    private Path put(String directory, String file) throws IOException {
        return Files.writeString(
                Files.createDirectories(place.resolve(directory)).resolve(file), "x");
    }

    private void remove(long nowMillis) {
        StaleLibraries.remove(List.of(place.toString()), nowMillis);
    }
}
