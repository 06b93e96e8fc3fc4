// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * Whether this JVM may hold transparent huge pages: 2 MiB that the kernel maps as one. It splits one for good as soon as a
 * mapping begins or ends inside it (mm/huge_memory.c, {@code vma_adjust_trans_huge}).
 *
 * <p>Which there are only smaps tells, which takes long. So the settings decide, and whether the JVM asked for them; that
 * libraries ask for themselves is not noticed.
 */
public final class HugePages implements BooleanSupplier {

    private static final String SETTINGS = "kernel/mm/transparent_hugepage/";

    /** Of private memory, of this size: since Linux 6.8, mostly {@code inherit}. */
    private static final String TWO_MEGABYTES = "hugepages-2048kB/enabled";

    private final ProcFs proc;
    private final DiagnosticCommands commands;

    /**
     * Of a JVM.
     *
     * @param proc where the settings are
     * @param commands the JVM's
     */
    public HugePages(ProcFs proc, DiagnosticCommands commands) {
        this.proc = proc;
        this.commands = commands;
    }

    /** What is not known may be. */
    @Override
    public boolean getAsBoolean() {
        String own;
        try {
            own = proc.sysfs(SETTINGS + "enabled");
        } catch (IOException e) {
            return true;
        }
        String sized = setting(TWO_MEGABYTES);
        String shared = setting("shmem_enabled");
        if (isOneOf("[always]", own, sized, shared) || isOneOf("[within_size]", shared) || isOneOf("[force]", shared)) {
            return true;
        }
        boolean isOnAdvice = isOneOf("[madvise]", own, sized) || isOneOf("[advise]", shared);
        return isOnAdvice && advises();
    }

    private String setting(String name) {
        try {
            return proc.sysfs(SETTINGS + name);
        } catch (IOException e) {
            return ""; // not in this kernel
        }
    }

    private static boolean isOneOf(String mode, String... settings) {
        for (String setting : settings) {
            if (setting.contains(mode)) {
                return true;
            }
        }
        return false;
    }

    private boolean advises() {
        try {
            return commands.execute(DiagnosticReports.FLAGS).contains("-XX:+UseTransparentHugePages");
        } catch (IOException e) {
            return true;
        }
    }
}
