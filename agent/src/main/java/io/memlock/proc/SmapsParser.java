// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.ProcFormatException;
import io.memlock.files.TextFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Parses {@code /proc/PID/smaps}. proc_pid_smaps(5), fs/proc/task_mmu.c: show_smap
 *
 * <p>Lines it does not know are skipped, as newer kernels have more of them; lines that are missing count as 0.
 */
public final class SmapsParser {

    private SmapsParser() {}

    /**
     * All mappings, in the order of their addresses.
     *
     * @param text of the whole file; empty for a kernel thread
     * @return an entry a mapping
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static List<SmapsEntry> parse(String text) {
        List<SmapsEntry> entries = new ArrayList<>();
        SmapsAssembler assembler = new SmapsAssembler(FileSystems.UNKNOWN, entries::add);
        assembler.accept(new Cursor("smaps", text));
        assembler.finish();
        return entries;
    }

    /**
     * Hands out each mapping as soon as it has been read, and keeps none: 60,000 mappings make 40 MB of text.
     *
     * @param in read to its end, not closed
     * @param each called for one mapping after the other
     * @throws IOException if reading fails; entries may have been handed out before
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static void read(InputStream in, Consumer<SmapsEntry> each) throws IOException {
        read("smaps", in, FileSystems.UNKNOWN, each);
    }

    static void read(String file, InputStream in, FileSystems files, Consumer<SmapsEntry> each) throws IOException {
        SmapsAssembler assembler = new SmapsAssembler(files, each);
        byte[] buffer = new byte[4 * TextFile.READ_BYTES];
        Cursor cursor = new Cursor(file, buffer, 0);
        int filled = 0;
        while (true) {
            if (buffer.length - filled < TextFile.READ_BYTES) {
                buffer = Arrays.copyOf(buffer, 2 * buffer.length);
            }
            int count = in.read(buffer, filled, TextFile.READ_BYTES);
            if (count < 0) {
                break;
            }
            int whole = afterLastNewline(buffer, filled, filled + count);
            filled += count;
            if (whole > 0) {
                cursor.continueWith(buffer, whole);
                assembler.accept(cursor);
                System.arraycopy(buffer, whole, buffer, 0, filled - whole);
                filled -= whole;
            }
        }
        cursor.continueWith(buffer, filled);
        assembler.accept(cursor);
        assembler.finish();
    }

    /** 0 if there is none from the given place on. */
    private static int afterLastNewline(byte[] text, int from, int to) {
        int at = to;
        while (at > from && text[at - 1] != '\n') {
            at--;
        }
        return at > from ? at : 0;
    }
}
