// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Mapping;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
        List<Mapping> mappings = new ArrayList<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(maps, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            mappings.add(mapping(line));
        }
        return mappings;
    }

    static Mapping mapping(String line) {
        String[] fields = line.split(" +", 6);
        int dash = fields[0].indexOf('-');
        return new Mapping(
                Long.parseUnsignedLong(fields[0].substring(0, dash), 16),
                Long.parseUnsignedLong(fields[0].substring(dash + 1), 16),
                fields[1].charAt(0) == 'r',
                fields[1].charAt(1) == 'w',
                fields[1].charAt(2) == 'x',
                fields[1].charAt(3) == 's',
                Long.parseUnsignedLong(fields[2], 16),
                Long.parseLong(fields[4]),
                fields.length > 5 ? fields[5] : "",
                fields.length > 5 && fields[5].startsWith("/anon_hugepage"));
    }
}
