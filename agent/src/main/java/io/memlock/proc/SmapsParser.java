// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;
import io.memlock.files.ProcFormatException;
import io.memlock.files.TextFile;
import io.memlock.memory.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Parses {@code /proc/PID/smaps}, and {@code smaps_rollup}, which is one paragraph of the same form.
 * proc_pid_smaps(5), fs/proc/task_mmu.c: show_smap
 *
 * <p>Lines it does not know are skipped, as newer kernels have more of them; lines that are missing count as 0.
 */
final class SmapsParser {

    private static final Keys KEYS =
            new Keys("Pss:", "Shared_Hugetlb:", "Private_Hugetlb:", "Swap:", "SwapPss:", "Locked:", "VmFlags:");

    private static final int PSS = 0;
    private static final int SHARED_HUGETLB = 1;
    private static final int PRIVATE_HUGETLB = 2;
    private static final int SWAP = 3;
    private static final int SWAP_PSS = 4;
    private static final int LOCKED = 5;
    private static final int VM_FLAGS = 6;

    private final FileSystems files;
    private final Consumer<SmapsEntry> each;
    private final long[] bytes = new long[KEYS.size()];
    private Mapping mapping;
    private boolean locked;
    private boolean lockedOnFault;
    private boolean special;
    private int key = Keys.NONE;

    /**
     * Begins a file.
     *
     * @param files tells what is behind the mappings
     * @param each called for one mapping after the other, as soon as it has been read: 60,000 mappings make 40 MB of text
     */
    SmapsParser(FileSystems files, Consumer<SmapsEntry> each) {
        this.files = files.forOneReading();
        this.each = each;
    }

    /**
     * Parses a whole file.
     *
     * @param file named in exceptions
     * @param in read to its end, not closed
     * @throws IOException if reading fails; entries may have been handed out before
     * @throws ProcFormatException if it is not in the kernel's format
     */
    void read(String file, InputStream in) throws IOException {
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
                accept(cursor);
                System.arraycopy(buffer, whole, buffer, 0, filled - whole);
                filled -= whole;
            }
        }
        cursor.continueWith(buffer, filled);
        accept(cursor);
        finish();
    }

    /** Returns the place behind the last newline; 0 if there is none from the given place on. */
    private static int afterLastNewline(byte[] text, int from, int to) {
        int at = to;
        while (at > from && text[at - 1] != '\n') {
            at--;
        }
        return at > from ? at : 0;
    }

    /** Takes all remaining lines. */
    void accept(Cursor smaps) {
        while (smaps.nextLine()) {
            int first = smaps.peek();
            if (first >= 'A' && first <= 'Z') {
                value(smaps);
            } else {
                Mapping next = MapsParser.mapping(smaps, files);
                finish();
                mapping = next;
            }
        }
    }

    /** Hands out what is begun; to be called once more after the last line. */
    void finish() {
        if (mapping != null) {
            each.accept(entry());
        }
        mapping = null;
        Arrays.fill(bytes, 0);
        locked = false;
        lockedOnFault = false;
        special = false;
        key = Keys.NONE;
    }

    private void value(Cursor line) {
        if (mapping == null) {
            throw line.malformed("a mapping before the first value");
        }
        int found = KEYS.find(line, key);
        if (found == Keys.NONE) {
            return;
        }
        key = found;
        if (found == VM_FLAGS) {
            flags(line);
        } else {
            bytes[found] = line.kilobytes();
        }
    }

    /**
     * Takes the flags, of two letters each; Documentation/filesystems/proc.rst. What mlock skips: mm/mlock.c:
     * mlock_fixup, VM_SPECIAL, and since Linux 6.11 VM_DROPPABLE. Before Linux 6.2 VM_LOCKONFAULT has no letters: the kernel
     * writes {@code ??} for it, as for every flag without letters.
     */
    private void flags(Cursor line) {
        line.skipBlanks();
        while (!line.atLineEnd()) {
            int flag = line.next() << 8 | line.next();
            switch (flag) {
                case 'l' << 8 | 'o' -> locked = true;
                case 'l' << 8 | 'f', '?' << 8 | '?' -> lockedOnFault = true;
                case 'i' << 8 | 'o', 'p' << 8 | 'f', 'd' << 8 | 'e', 'm' << 8 | 'm', 'd' << 8 | 'p' -> special = true;
                default -> {}
            }
            line.skipWord();
            line.skipBlanks();
        }
    }

    private SmapsEntry entry() {
        return new SmapsEntry(
                mapping,
                bytes[PSS],
                bytes[SHARED_HUGETLB] + bytes[PRIVATE_HUGETLB],
                bytes[SWAP],
                bytes[SWAP_PSS],
                bytes[LOCKED],
                locked,
                lockedOnFault,
                special);
    }
}
