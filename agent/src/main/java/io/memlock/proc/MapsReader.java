// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import java.io.File;
import java.io.IOException;
import java.util.List;

/**
 * Reads {@code /proc/PID/maps} again and again. Most of the time nothing has changed, which the bytes tell: then nothing
 * is parsed and nothing allocated. Not thread-safe.
 */
public final class MapsReader {

    private final File file;
    private TextFile text = new TextFile();
    private TextFile parsed = new TextFile();
    private List<Mapping> mappings;

    MapsReader(File file) {
        this.file = file;
    }

    /**
     * All mappings, as {@link ProcFs#mappings} gives them.
     *
     * @return the same list as the last time if nothing has changed
     * @throws IOException if the file cannot be read
     */
    public List<Mapping> read() throws IOException {
        Cursor maps = text.read(file);
        if (mappings == null || !text.isSameAs(parsed)) {
            mappings = MapsParser.parse(maps, text.length());
            TextFile spare = parsed;
            parsed = text;
            text = spare;
        }
        return mappings;
    }
}
