// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;

/** Reads the files. */
public final class ProcFs {
    private final String root = "/proc/";

    public List<Mapping> mappings(String p) throws IOException {
        return MapsParser.parse(text(root + p + "/maps"));
    }

    public void smaps(String p, Consumer<SmapsEntry> each) throws IOException {
        try (InputStream in = new FileInputStream(root + p + "/smaps")) {
            SmapsParser.read(in, each);
        }
    }

    public SmapsRollup smapsRollup(String p) throws IOException {
        return SmapsRollup.parse(text(root + p + "/smaps_rollup"));
    }

    public ProcessStatus status(String p) throws IOException {
        return ProcessStatus.parse(text(root + p + "/status"));
    }

    public ProcessStat stat(String p) throws IOException {
        return ProcessStat.parse(text(root + p + "/stat"));
    }

    public MemInfo memInfo() throws IOException {
        return MemInfo.parse(text(root + "meminfo"));
    }

    public String sys(String name) throws IOException {
        return text(root + "sys/" + name).trim();
    }

    private static String text(String f) throws IOException {
        try (InputStream in = new FileInputStream(f)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        }
    }
}
