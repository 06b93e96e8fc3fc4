// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.memory.FilePieces;
import io.memlock.memory.FilePieces.Piece;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.proc.SeenPages;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what several segments show of the same file, as those of ZGC's heap do and the agent's own view of it, so that each
 * page of it counts once. Only that is remembered page by page, in the application's heap: most files are mapped once, and may
 * be far larger than the heap.
 *
 * <p>What is remembered of files takes 8 MiB at most, of a Java heap a 32,768th of that heap, both with pages of 4 KiB. A
 * file of which there would be more to remember, or which would take a quarter of what is free of the heap, is one whose pages
 * are not remembered at all.
 */
final class FileViews {

    /** The pages of files that are remembered at most, those of a Java heap aside: 256 GiB with 4 KiB pages. */
    private static final long MOST_PAGES = 1L << 26;

    /** The part of what is free of the heap that may be taken: it is the application's. */
    private static final long FREE_PART = 4;

    private final FilePieces pieces = new FilePieces();
    private final Map<String, Part> parts = new HashMap<>();

    /** The files that are mapped shared and writable somewhere. */
    private final Set<String> written = new HashSet<>();

    private final long pageBytes;
    private long pagesLeft = MOST_PAGES;
    private long bytesLeft;

    /** The part of a file outside of which no page is shown twice, in bytes from the beginning of the file. */
    private static final class Part {
        private long start = Long.MAX_VALUE;
        private long end = Long.MIN_VALUE;
        private boolean isHeap;

        /** What has been counted of it; null if that is not remembered. */
        private SeenPages seen;
    }

    /**
     * Finds them.
     *
     * @param freeBytes what is free of the heap
     */
    FileViews(List<Segment> segments, long pageBytes, long freeBytes) {
        this.pageBytes = pageBytes;
        this.bytesLeft = freeBytes / FREE_PART;
        for (Segment segment : segments) {
            if (segment.mapping().isSharedFile() && segment.mapping().writable()) {
                written.add(key(segment));
            }
        }
        for (Segment segment : segments) {
            if (isView(segment)) {
                findShownAgain(segment);
            }
        }
        for (Part part : parts.values()) {
            remember(part);
        }
    }

    /**
     * Returns the pages of a segment's file that have been counted, to which those of the segment are to be added.
     *
     * @return null if its pages are not remembered: it shows no such file, or there would be too many
     */
    SeenPages seen(Segment segment) {
        if (!isView(segment)) {
            return null;
        }
        Part part = parts.get(key(segment));
        return part == null ? new SeenPages(0, 0) : part.seen;
    }

    /**
     * Returns whether a segment shows a file whose pages may be shown elsewhere, too: one that is shared and writable in some
     * place, as files in memory are, or our own view of the heap.
     */
    private boolean isView(Segment segment) {
        Mapping mapping = segment.mapping();
        return mapping.isSharedFile()
                && mapping.isAccessible()
                && (segment.isAgentsView() || written.contains(key(segment)));
    }

    private static String key(Segment segment) {
        return FilePieces.key(segment.mapping().inode(), segment.mapping().path());
    }

    private void findShownAgain(Segment segment) {
        long start = segment.fileOffset();
        long end = start + segment.length();
        for (Piece first : pieces.unseen(segment.mapping(), start, end)) {
            addShownAgain(segment, start, first.start());
            start = first.end();
        }
        addShownAgain(segment, start, end);
    }

    private void addShownAgain(Segment segment, long start, long end) {
        if (start < end) {
            Part part = parts.computeIfAbsent(key(segment), file -> new Part());
            part.start = Math.min(part.start, start);
            part.end = Math.max(part.end, end);
            part.isHeap |= segment.region() == Region.HEAP;
        }
    }

    private void remember(Part part) {
        long pages = (part.end - part.start) / pageBytes;
        long bytes = pages / Byte.SIZE;
        if (pages <= (part.isHeap ? Integer.MAX_VALUE : pagesLeft) && bytes <= bytesLeft) {
            bytesLeft -= bytes;
            pagesLeft -= part.isHeap ? 0 : pages;
            part.seen = new SeenPages(part.start / pageBytes, (int) pages);
        }
    }
}
