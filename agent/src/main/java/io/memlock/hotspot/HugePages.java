// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * Tells how large the transparent huge pages are that this JVM may hold. The kernel maps such a page as one, and
 * splits it for good as soon as a mapping begins or ends inside it (mm/huge_memory.c, {@code vma_adjust_trans_huge}).
 *
 * <p>Only smaps tells which there are, and takes long. So the settings decide, and whether the JVM asked for them. It is not
 * noticed if a library asks for some of its own.
 */
public final class HugePages implements LongSupplier {

    private static final String SETTINGS = "kernel/mm/transparent_hugepage/";

    /** An entry of a page table. */
    private static final int ENTRY_BYTES = 8;

    private final ProcFs proc;
    private final DiagnosticCommands commands;
    private final long pageBytes;

    public HugePages(ProcFs proc, DiagnosticCommands commands, long pageBytes) {
        this.proc = proc;
        this.commands = commands;
        this.pageBytes = pageBytes;
    }

    /**
     * Returns the largest size there may be, in bytes; 0 if there are none. A setting that cannot be read may be
     * anything.
     */
    @Override
    public long getAsLong() {
        String own = setting("enabled");
        long largest = largestBytes();
        if (own.isEmpty()) {
            return largest;
        }
        String shared = setting("shmem_enabled");
        long onAdvice = 0;
        for (long bytes = largest; bytes > pageBytes; bytes /= 2) {
            String sized = "hugepages-" + (bytes >> 10) + "kB/";
            // Since Linux 6.8 there are more sizes than the largest, and each has settings of its own.
            String ownSized = effective(setting(sized + "enabled"), own, bytes == largest);
            String sharedSized = effective(setting(sized + "shmem_enabled"), shared, bytes == largest);
            if (isUnasked(ownSized) || isUnasked(sharedSized)) {
                return onAdvice > 0 && advises() ? onAdvice : bytes;
            }
            boolean isOnAdvice = ownSized.contains("[madvise]") || sharedSized.contains("[advise]");
            onAdvice = onAdvice == 0 && isOnAdvice ? bytes : onAdvice;
        }
        return onAdvice > 0 && advises() ? onAdvice : 0;
    }

    /** Returns whether the settings can be read. */
    public boolean isKnown() {
        return !setting("enabled").isEmpty();
    }

    /**
     * Returns what one entry of the table above the lowest maps: 2 MiB with pages of 4 KiB, 32 MiB with pages of 16
     * KiB, 512 MiB with pages of 64 KiB. No transparent huge page is larger.
     */
    public static long largestBytes(long pageBytes) {
        return pageBytes / ENTRY_BYTES * pageBytes;
    }

    private long largestBytes() {
        try {
            return Long.parseLong(setting("hpage_pmd_size"));
        } catch (NumberFormatException e) {
            return largestBytes(pageBytes);
        }
    }

    private String setting(String name) {
        try {
            return proc.sysfs(SETTINGS + name);
        } catch (IOException e) {
            return "";
        }
    }

    private static String effective(String sized, String general, boolean isLargest) {
        boolean isInherited = sized.isEmpty() ? isLargest : sized.contains("[inherit]");
        return isInherited ? general : sized;
    }

    private static boolean isUnasked(String setting) {
        return setting.contains("[always]") || setting.contains("[within_size]") || setting.contains("[force]");
    }

    private boolean advises() {
        try {
            return commands.execute(DiagnosticReports.FLAGS).contains("-XX:+UseTransparentHugePages");
        } catch (IOException e) {
            return true;
        }
    }
}
