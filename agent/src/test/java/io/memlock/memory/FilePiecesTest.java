// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.FilePieces.Piece;
import org.junit.jupiter.api.Test;

class FilePiecesTest {

    private final FilePieces pieces = new FilePieces();

    @Test
    void givesWhatLiesBetweenBeforeAndBehindWhatHasComeUp() {
        Mapping file = file(7, "/dev/shm/a");

        assertThat(pieces.unseen(file, 10, 20)).containsExactly(new Piece(10, 20));
        assertThat(pieces.unseen(file, 30, 40)).containsExactly(new Piece(30, 40));
        assertThat(pieces.unseen(file, 15, 35)).containsExactly(new Piece(20, 30));
        assertThat(pieces.unseen(file, 0, 50)).containsExactly(new Piece(0, 10), new Piece(40, 50));
        assertThat(pieces.unseen(file, 0, 50)).isEmpty();
    }

    @Test
    void tellsFilesApartByInodeAndPath() {
        assertThat(pieces.unseenBytes(file(7, "/dev/shm/a"))).isEqualTo(4096);
        assertThat(pieces.unseenBytes(file(7, "/dev/shm/b"))).isEqualTo(4096);
        assertThat(pieces.unseenBytes(file(8, "/dev/shm/a"))).isEqualTo(4096);
        assertThat(pieces.unseenBytes(file(7, "/dev/shm/a"))).isZero();
    }

    @Test
    void privateMemoryIsNeverShownTwice() {
        Mapping mapping = new Mapping(0x1000, 0x3000, true, true, false, false, 0, 0, "", Backing.NONE);
        Segment segment = new Segment(0x1000, 0x3000, Region.HEAP, Evidence.NONE, mapping);

        assertThat(pieces.unseenBytes(segment)).isEqualTo(0x2000);
        assertThat(pieces.unseenBytes(segment)).isEqualTo(0x2000);
    }

    private static Mapping file(long inode, String path) {
        return new Mapping(0x1000, 0x2000, true, true, false, true, 0, inode, path, Backing.MEMORY);
    }
}
