// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import io.memlock.files.FileOpener;
import io.memlock.files.OpenFile;
import io.memlock.os.Errno;
import io.memlock.os.ErrnoException;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Opens files so that no child inherits them. A child that inherited {@code /proc/self/mem} could read the memory of
 * this JVM, even after it has given up the right to look.
 */
final class CloseOnExecFiles implements FileOpener {

    /** JNA copies an array whole, whatever part of it is read into. */
    private static final int CHUNK_BYTES = 8192;

    private final LibC libc;

    /** What the last file was read through, while no open file has it. */
    private final AtomicReference<byte[]> spareChunk = new AtomicReference<>();

    CloseOnExecFiles(LibC libc) {
        this.libc = libc;
    }

    @Override
    public OpenFile open(File file) throws IOException {
        byte[] path = file.getPath().concat("\0").getBytes(StandardCharsets.UTF_8);
        int descriptor;
        do {
            descriptor = libc.open(path, Linux.O_RDONLY | Linux.O_CLOEXEC);
        } while (descriptor < 0 && libc.errno() == Errno.EINTR);
        if (descriptor < 0) {
            throw failure(file);
        }
        return new Descriptor(file, descriptor);
    }

    /** Returns a chunk that nobody uses: a keeper that looks often would make garbage of hundreds of new ones a second. */
    private byte[] takeChunk() {
        byte[] spare = spareChunk.getAndSet(null);
        return spare == null ? new byte[CHUNK_BYTES] : spare;
    }

    private IOException failure(File file) {
        return ErrnoException.on(file.getPath(), libc.errno());
    }

    private final class Descriptor extends OpenFile {

        private final File file;
        private int descriptor;
        private byte[] chunk;

        Descriptor(File file, int descriptor) {
            this.file = file;
            this.descriptor = descriptor;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            if (chunk == null) {
                chunk = takeChunk();
            }
            long read;
            do {
                read = libc.read(descriptor, chunk, Math.min(length, CHUNK_BYTES));
            } while (read < 0 && libc.errno() == Errno.EINTR);
            int count = checked(read);
            System.arraycopy(chunk, 0, into, from, count);
            return count == 0 && length > 0 ? -1 : count;
        }

        @Override
        public int readAt(long position, byte[] into, int length) throws IOException {
            long read;
            do {
                read = libc.pread(descriptor, into, length, position);
            } while (read < 0 && libc.errno() == Errno.EINTR);
            return checked(read);
        }

        @Override
        public int scanPages(long[] arg, long[] vec) {
            return libc.pagemap_scan(descriptor, arg, vec);
        }

        private int checked(long read) throws IOException {
            if (read < 0) {
                throw failure(file);
            }
            return (int) read;
        }

        @Override
        public void close() {
            if (descriptor >= 0) {
                libc.close(descriptor);
                descriptor = -1; // it may be somebody else's now
            }
            if (chunk != null) {
                spareChunk.set(chunk);
                chunk = null;
            }
        }
    }
}
