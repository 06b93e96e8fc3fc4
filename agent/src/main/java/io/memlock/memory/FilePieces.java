// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Remembers which pieces of files have come up, so that each counts once however many mappings show it. ZGC's heap is mapped
 * up to three times, and once more by the agent; the kernel and locks cut each of these views somewhere else. Not
 * thread-safe.
 */
public final class FilePieces {

    /** Ends by starts of what has come up of each file. They do not overlap. */
    private final Map<String, NavigableMap<Long, Long>> seen = new HashMap<>();

    /**
     * A piece of a file.
     *
     * @param start bytes from the beginning of the file
     * @param end where it ends, counted in the same way
     */
    public record Piece(long start, long end) {}

    /** Returns what tells files apart. An inode alone may be that of another file, on another device. */
    public static String key(long inode, String path) {
        return inode + path;
    }

    /**
     * Takes a piece of a file.
     *
     * @param file that is mapped
     * @param start bytes from the beginning of the file
     * @param end where the piece ends, counted in the same way
     * @return what of it had not come up before, ascending
     */
    public List<Piece> unseen(Mapping file, long start, long end) {
        NavigableMap<Long, Long> pieces = piecesOf(key(file.inode(), file.path()));
        List<Piece> unseen = new ArrayList<>(1);
        for (long at = start; at < end; ) {
            Map.Entry<Long, Long> before = pieces.floorEntry(at);
            if (before != null && before.getValue() > at) {
                at = before.getValue();
            } else {
                Long next = pieces.higherKey(at);
                long to = next == null ? end : Math.min(end, next);
                unseen.add(new Piece(at, to));
                pieces.put(at, to);
                at = to;
            }
        }
        return unseen;
    }

    /** Takes what a segment shows, and returns how many bytes of it had not come up before. Private memory has one view. */
    public long unseenBytes(Segment segment) {
        return segment.mapping().isSharedFile()
                ? unseenBytes(segment.mapping(), segment.fileOffset(), segment.length())
                : segment.length();
    }

    /** Takes what a mapping of a file shows, and returns how many bytes of it had not come up before. */
    public long unseenBytes(Mapping file) {
        return unseenBytes(file, file.offset(), file.length());
    }

    /**
     * Takes what a mapping shows, and returns what had not come up before of something that the kernel counts in full for each
     * mapping of a file. Where views overlap in part, it is assumed to be spread evenly.
     *
     * @param bytes what the kernel counts; where there is nothing, no page of the file has come up
     */
    public long unseenPart(Mapping mapping, long bytes) {
        return bytes == 0 || !mapping.isSharedFile()
                ? bytes
                : Math.round((double) bytes * unseenBytes(mapping) / mapping.length());
    }

    private long unseenBytes(Mapping file, long start, long length) {
        long bytes = 0;
        for (Piece piece : unseen(file, start, start + length)) {
            bytes += piece.end - piece.start;
        }
        return bytes;
    }

    private NavigableMap<Long, Long> piecesOf(String file) {
        NavigableMap<Long, Long> pieces = seen.get(file);
        if (pieces == null) { // no lambda: prefault may be on the way to main
            pieces = new TreeMap<>();
            seen.put(file, pieces);
        }
        return pieces;
    }
}
