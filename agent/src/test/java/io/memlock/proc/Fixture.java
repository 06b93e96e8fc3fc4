// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.memlock.files.Cursor;
import io.memlock.memory.Mapping;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Captured files; resources/proc/README.md says where they come from. */
public final class Fixture {

    static final String[] JVMS = {
        "jdk17-epsilon", "jdk17-g1", "jdk17-parallel", "jdk17-serial", "jdk17-shenandoah", "jdk17-zgc",
        "jdk25-epsilon", "jdk25-g1", "jdk25-parallel", "jdk25-serial", "jdk25-shenandoah", "jdk25-zgc"
    };

    /** File systems of which nothing but the names is known, on a host without huge pages. */
    static final FileSystems NAMES_ALONE = new FileSystems(host(), "nobody");

    private Fixture() {}

    private static ProcFs host() {
        File files = new File(URI.create(Fixture.class.getResource("/proc/host").toString()));
        return new ProcFs(files, files);
    }

    public static String text(String name) {
        try (InputStream in = Fixture.class.getResourceAsStream("/proc/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no fixture " + name);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text as the parsers take it. */
    public static Cursor cursor(String text) {
        return new Cursor("text", text);
    }

    /** Mappings of a text of which nothing but the names is known. */
    public static List<Mapping> maps(String text) {
        return MapsParser.parse(new Cursor("maps", text), text.length(), List.of(), NAMES_ALONE);
    }

    /** Entries of a text that the parser gets in one piece. */
    static List<SmapsEntry> smaps(String text) {
        List<SmapsEntry> entries = new ArrayList<>();
        SmapsParser parser = new SmapsParser(NAMES_ALONE, entries::add);
        parser.accept(new Cursor("smaps", text));
        parser.finish();
        return entries;
    }

    /** Entries of a text that the parser gets in pieces. */
    static List<SmapsEntry> smapsInPieces(String text, int pieceBytes) throws IOException {
        List<SmapsEntry> entries = new ArrayList<>();
        new SmapsParser(NAMES_ALONE, entries::add).read("smaps", inPieces(text, pieceBytes));
        return entries;
    }

    /** Gives no more at a time, as the kernel does. */
    static InputStream inPieces(String text, int pieceBytes) {
        return new ByteArrayInputStream(text.getBytes(UTF_8)) {
            @Override
            public synchronized int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(length, pieceBytes));
            }
        };
    }
}
