// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.JvmLayout;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.function.LongSupplier;

/** Puts a {@link MemoryLock} on the process this runs in together from its parts. */
public final class ThisProcess {

    /** Of vm.max_map_count: the JVM itself needs mappings too, and dies without. */
    private static final double SPLITTING_STOPS_AT = 0.8;

    private static final long DEFAULT_MAX_MAP_COUNT = 65_530;

    private ThisProcess() {}

    /**
     * The lock on this process.
     *
     * @param libc the C library
     * @param proc where {@code /proc} is
     * @param layout of this JVM
     * @param pageBytes the page size
     */
    public static MemoryLock memoryLock(LibC libc, ProcFs proc, JvmLayout layout, long pageBytes) {
        LockProbe probe = new LockProbe(libc, pageBytes);
        ApplicationLocks applicationLocks = new ApplicationLocks(consumer -> proc.smaps("self", entry -> {
            if (entry.locked() && !entry.lockedOnFault()) {
                consumer.accept(entry.mapping());
            }
        }));
        LongSupplier charged = () -> chargedBytes(proc);
        Reconciler reconciler = new Reconciler(
                new SelfMap(proc, layout), probe, new GentleCalls(libc, Pause.SLEEP), applicationLocks, charged, (long)
                        (maxMapCount(proc) * SPLITTING_STOPS_AT));
        return new MemoryLock(libc, new FutureProbe(libc, probe, pageBytes), applicationLocks, reconciler, charged);
    }

    /**
     * Bytes in a page.
     *
     * @param libc the C library
     */
    public static long pageBytes(LibC libc) {
        return libc.sysconf(Linux.SC_PAGESIZE);
    }

    /** Unknown counts as everything: then nothing more is locked under a finite limit, which is safe. */
    private static long chargedBytes(ProcFs proc) {
        try {
            return proc.status("self").vmLckBytes();
        } catch (IOException e) {
            return Long.MAX_VALUE / 2;
        }
    }

    private static long maxMapCount(ProcFs proc) {
        try {
            return Long.parseLong(proc.sys("vm/max_map_count"));
        } catch (IOException | NumberFormatException e) {
            return DEFAULT_MAX_MAP_COUNT;
        }
    }
}
