// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Mapping;
import io.memlock.proc.Fixture;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads {@code /proc/PID/maps} and captures of it. */
final class CapturedMaps {

    private CapturedMaps() {}

    static List<Mapping> ofFile(String path) throws IOException {
        try (FileInputStream in = new FileInputStream(path)) {
            return parse(in);
        }
    }

    static List<Mapping> parse(InputStream maps) throws IOException {
        return Fixture.maps(new String(maps.readAllBytes(), StandardCharsets.ISO_8859_1));
    }

    static Mapping mapping(String line) {
        return Fixture.maps(line + "\n").get(0);
    }
}
