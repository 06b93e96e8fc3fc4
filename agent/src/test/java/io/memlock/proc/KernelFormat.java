// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.memory.Mapping;
import java.util.Locale;

/** Prints a mapping as fs/proc/task_mmu.c: show_map_vma does. */
final class KernelFormat {

    private KernelFormat() {}

    static String line(Mapping m) {
        String head = String.format(
                Locale.ROOT,
                "%08x-%08x %s%s%s%s %08x fe:00 %s ",
                m.start(),
                m.end(),
                m.readable() ? "r" : "-",
                m.writable() ? "w" : "-",
                m.executable() ? "x" : "-",
                m.shared() ? "s" : "p",
                m.offset(),
                Long.toUnsignedString(m.inode()));
        return (m.path().isEmpty() ? head : String.format(Locale.ROOT, "%-72s %s", head, m.path())) + "\n";
    }
}
