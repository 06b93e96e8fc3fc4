// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Backing;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.proc.SeenPages;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileViewsTest {

    private static final long PAGE = 4096;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;
    private static final String HEAP = "/memfd:java_heap (deleted)";
    private static final String LOG = "/dev/shm/log";

    @Test
    void remembersNothingOfAFileThatIsMappedOnceHoweverLargeItIs() {
        Segment start = file(LOG, 0, 64 * TIB);
        Segment rest = file(LOG, 64 * TIB, TIB);

        assertThat(remembered(List.of(start, rest), start, 0, 1)).isZero();
    }

    @Test
    void remembersWhatIsShownTwiceOfAFileAndNoMoreOfIt() {
        Segment all = file(LOG, 0, 64 * TIB);
        Segment tail = file(LOG, 64 * TIB - GIB, 2 * GIB);
        long pages = GIB / PAGE;
        long first = (64 * TIB - GIB) / PAGE;

        assertThat(remembered(List.of(all, tail), all, first - 10, first + pages + 10))
                .isEqualTo(pages);
        assertThat(remembered(List.of(tail, all), tail, first - 10, first + pages + 10))
                .isEqualTo(pages);
    }

    @Test
    void remembersEachPageOfAHeapThatIsMappedThreeTimesAndOnceMoreByUs() {
        Segment heap = heap(true, 0, 2 * TIB);
        List<Segment> views = List.of(heap, heap(true, 0, TIB), heap(true, TIB, TIB), heap(false, 0, 2 * TIB));
        long pages = 2 * TIB / PAGE;

        assertThat(remembered(views, heap, 0, pages)).isEqualTo(pages);
    }

    @Test
    void remembersNoPageWhereThereAreTooMany() {
        Segment file = file(LOG, 0, TIB);
        Segment small = file("/dev/shm/small", 0, GIB);
        Segment heap = heap(true, 0, 16 * TIB);
        FileViews views = new FileViews(List.of(file, file, small, small, heap, heap), PAGE, Long.MAX_VALUE);

        assertThat(views.seen(file)).isNull();
        assertThat(views.seen(small)).isNotNull();
        assertThat(views.seen(heap)).isNull();
    }

    @Test
    void remembersOfAllFilesTogetherNoMoreThanOfOne() {
        Segment one = file("/dev/shm/one", 0, 200 * GIB);
        Segment other = file("/dev/shm/other", 0, 200 * GIB);
        FileViews views = new FileViews(List.of(one, one, other, other), PAGE, Long.MAX_VALUE);

        assertThat(views.seen(one) == null).isNotEqualTo(views.seen(other) == null);
    }

    /** One array of 64 MiB in a heap that is nearly full might end the JVM. */
    @Test
    void remembersNoPageWhereTheHeapHasNoRoomForThat() {
        Segment heap = heap(true, 0, 2 * TIB);
        Segment file = file(LOG, 0, 64 * GIB);
        List<Segment> segments = List.of(heap, heap, file, file);

        FileViews views = new FileViews(segments, PAGE, 4 * (64 << 20) - 1);
        assertThat(views.seen(heap)).isNull();
        assertThat(views.seen(file)).isNotNull();

        views = new FileViews(segments, PAGE, 4 * (66 << 20));
        assertThat(views.seen(heap)).isNotNull();
        assertThat(views.seen(file)).isNotNull();
    }

    @Test
    void aFileThatIsOnlyReadIsNoView() {
        Mapping library = new Mapping(0, PAGE, true, false, true, true, 0, 7, "/lib/libx.so", Backing.FILE);
        Segment segment = new Segment(0, PAGE, Region.LIBS, Evidence.NONE, library);

        assertThat(new FileViews(List.of(segment, segment), PAGE, Long.MAX_VALUE).seen(segment))
                .isNull();
    }

    /** Counts the pages of a part of the file that are not new when they come a second time. */
    private static long remembered(List<Segment> segments, Segment view, long from, long to) {
        SeenPages seen = new FileViews(segments, PAGE, Long.MAX_VALUE).seen(view);
        seen.add(from, to);
        return to - from - seen.add(from, to);
    }

    private static Segment file(String path, long offset, long length) {
        return segment(Region.SHM, true, offset, length, path);
    }

    private static Segment heap(boolean writable, long offset, long length) {
        return segment(Region.HEAP, writable, offset, length, HEAP);
    }

    private static Segment segment(Region region, boolean writable, long offset, long length, String path) {
        long end = PAGE + length;
        Mapping mapping = new Mapping(PAGE, end, true, writable, false, true, offset, 7, path, Backing.MEMORY);
        return new Segment(PAGE, end, region, Evidence.NONE, mapping);
    }
}
