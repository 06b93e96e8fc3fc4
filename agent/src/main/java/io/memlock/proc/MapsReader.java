// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.FileOpener;
import io.memlock.files.TextFile;
import io.memlock.memory.Mapping;
import java.io.File;
import java.io.IOException;
import java.util.List;

/**
 * Reads {@code /proc/PID/maps} again and again. Most of the time nothing has changed, which length and checksum tell:
 * then nothing is parsed and nothing allocated. Comparing the bytes in Java took a third of a pass of the keeper, which
 * in an idle JVM is interpreted for minutes. Of the changes that leave the length the same, one in four billion is
 * noticed only with the next change. Not thread-safe.
 */
public final class MapsReader {

    private final FileSystems fileSystems;
    private final TextFile text;
    private final File file;
    private int parsedLength;
    private long parsedChecksum;
    private boolean isGuessed;
    private List<Mapping> mappings;

    MapsReader(FileSystems fileSystems, FileOpener opener, File file) {
        this.fileSystems = fileSystems;
        this.text = new TextFile(opener);
        this.file = file;
    }

    /**
     * Returns all mappings, as {@link ProcFs#mappings} gives them.
     *
     * @return the same list as the last time if nothing has changed
     */
    public List<Mapping> read() throws IOException {
        Cursor maps = text.read(file);
        long checksum = text.checksum();
        if (mappings == null || isGuessed || text.length() != parsedLength || checksum != parsedChecksum) {
            parse(maps);
            parsedLength = text.length();
            parsedChecksum = checksum;
        }
        return mappings;
    }

    private void parse(Cursor maps) {
        FileSystems files = fileSystems.forOneReading();
        List<Mapping> before = mappings == null ? List.of() : mappings;
        List<Mapping> now = MapsParser.parse(maps, text.length(), before, files);
        mappings = isGuessed && now.equals(before) ? before : now;
        isGuessed = files.isGuessing();
    }
}
