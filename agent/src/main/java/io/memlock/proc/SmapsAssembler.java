// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;
import io.memlock.memory.Mapping;
import java.util.Arrays;
import java.util.function.Consumer;

/** Makes entries of the lines of smaps, whatever pieces the text comes in. */
final class SmapsAssembler {

    private static final Keys KEYS = new Keys(
            "Rss:",
            "Pss:",
            "Anonymous:",
            "AnonHugePages:",
            "Shared_Hugetlb:",
            "Private_Hugetlb:",
            "Swap:",
            "SwapPss:",
            "Locked:",
            "VmFlags:");

    private static final int RSS = 0;
    private static final int PSS = 1;
    private static final int ANONYMOUS = 2;
    private static final int ANON_HUGE_PAGES = 3;
    private static final int SHARED_HUGETLB = 4;
    private static final int PRIVATE_HUGETLB = 5;
    private static final int SWAP = 6;
    private static final int SWAP_PSS = 7;
    private static final int LOCKED = 8;
    private static final int VM_FLAGS = 9;

    private final FileSystems files;
    private final Consumer<SmapsEntry> each;
    private final long[] bytes = new long[KEYS.size()];
    private Mapping mapping;
    private boolean locked;
    private boolean lockedOnFault;
    private boolean special;
    private int key = Keys.NONE;

    SmapsAssembler(FileSystems files, Consumer<SmapsEntry> each) {
        this.files = files;
        this.each = each;
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
     * Two letters each; Documentation/filesystems/proc.rst. What mlock skips: mm/mlock.c: mlock_fixup, VM_SPECIAL. Before
     * Linux 6.2 VM_LOCKONFAULT has no letters: the kernel writes {@code ??} for it, as for every flag without letters.
     */
    private void flags(Cursor line) {
        line.skipBlanks();
        while (!line.atLineEnd()) {
            int flag = line.next() << 8 | line.next();
            switch (flag) {
                case 'l' << 8 | 'o' -> locked = true;
                case 'l' << 8 | 'f', '?' << 8 | '?' -> lockedOnFault = true;
                case 'i' << 8 | 'o', 'p' << 8 | 'f', 'd' << 8 | 'e', 'm' << 8 | 'm' -> special = true;
                default -> {}
            }
            line.skipWord();
            line.skipBlanks();
        }
    }

    private SmapsEntry entry() {
        return new SmapsEntry(
                mapping,
                bytes[RSS],
                bytes[PSS],
                bytes[ANONYMOUS],
                bytes[ANON_HUGE_PAGES],
                bytes[SHARED_HUGETLB] + bytes[PRIVATE_HUGETLB],
                bytes[SWAP],
                bytes[SWAP_PSS],
                bytes[LOCKED],
                locked,
                lockedOnFault,
                special);
    }
}
