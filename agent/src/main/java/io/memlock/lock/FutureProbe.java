// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.os.LibC;
import io.memlock.os.Linux;

/** Tries whether new mappings are born locked, whoever asked for it: maps a page, probes it, unmaps it. */
final class FutureProbe {

    private final LibC libc;
    private final LockProbe probe;
    private final long pageBytes;

    FutureProbe(LibC libc, LockProbe probe, long pageBytes) {
        this.libc = libc;
        this.probe = probe;
        this.pageBytes = pageBytes;
    }

    /**
     * Whether {@code MCL_FUTURE} is in force.
     *
     * @return true also when the page could not be mapped because the limit is used up, which only happens under it
     */
    boolean isBornLocked() {
        long page = libc.mmap(0, pageBytes, Linux.PROT_NONE, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
        if (page == LibC.MAP_FAILED) {
            return libc.errno() == io.memlock.os.Errno.EAGAIN;
        }
        boolean locked = probe.isLocked(page);
        libc.munmap(page, pageBytes);
        return locked;
    }
}
