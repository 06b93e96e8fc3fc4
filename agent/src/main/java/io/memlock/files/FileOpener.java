// SPDX-License-Identifier: Apache-2.0
package io.memlock.files;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;

/**
 * Opens files. The JDK opens them without {@code O_CLOEXEC}: a child that native code starts meanwhile inherits them,
 * and can read what it could not open itself. This matters in an application, but not in a command.
 */
public interface FileOpener {

    /**
     * Opens a file for reading.
     *
     * @return the file, to be closed as soon as it is read
     * @throws IOException if that fails; the message ends in the system's own words
     */
    OpenFile open(File file) throws IOException;

    final class Jdk implements FileOpener {

        @Override
        public OpenFile open(File file) throws IOException {
            return new JdkFile(new RandomAccessFile(file, "r"));
        }
    }

    final class JdkFile extends OpenFile {

        private final RandomAccessFile file;

        JdkFile(RandomAccessFile file) {
            this.file = file;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return file.read(into, from, length);
        }

        @Override
        public int readAt(long position, byte[] into, int length) throws IOException {
            file.seek(position);
            return file.read(into, 0, length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
