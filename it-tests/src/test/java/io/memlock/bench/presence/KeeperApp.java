// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.presence;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;

/** Has as many mappings as told, and does nothing. Argument: how many to add. */
public final class KeeperApp {

    private static final int PROT_READ = 1;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final long PAGE_BYTES = 4096;

    private KeeperApp() {}

    private static native Pointer mmap(Pointer address, long length, int prot, int flags, int fd, long offset);

    private static native int mprotect(Pointer address, long length, int prot);

    /** Runs it. */
    public static void main(String[] args) throws IOException {
        int mappings = Integer.parseInt(args[0]);
        if (mappings > 0) {
            Native.register(KeeperApp.class, NativeLibrary.getProcess());
            Pointer memory = mmap(null, mappings * PAGE_BYTES, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
            // Neighbours that differ are not merged.
            for (int i = 0; i < mappings; i += 2) {
                if (mprotect(memory.share(i * PAGE_BYTES), PAGE_BYTES, PROT_READ) != 0) {
                    throw new IllegalStateException("errno " + Native.getLastError());
                }
            }
        }
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // until the end of the input
        }
    }
}
