// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import java.io.File;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A new file that nobody but its owner can open from its first moment on, whatever the umask. With {@code java.io} a
 * file begins with all rights that the umask leaves, and a process that opens it before they are removed can write to
 * it for ever.
 *
 * <p>Only for where the umask leaves too much, and the application has chosen no default file system of its own: this
 * fixes the JDK's as the default.
 */
final class OwnersFile {

    private OwnersFile() {}

    static SeekableByteChannel create(File file) throws IOException {
        return Files.newByteChannel(
                file.toPath(),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
}
