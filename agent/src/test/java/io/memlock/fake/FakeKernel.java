// SPDX-License-Identifier: Apache-2.0
package io.memlock.fake;

import io.memlock.calls.ApplicationLocks;
import io.memlock.memory.Backing;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import io.memlock.reconcile.MappingBudget;
import io.memlock.reconcile.Mappings;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * A process's mappings and their locks, accounted as the kernel does it (mm/mlock.c, mm/mmap.c): whole mappings are charged,
 * {@code MAP_FIXED} over a locked mapping is counted twice under MCL_FUTURE, an mlock over a hole flags what comes before it.
 */
public final class FakeKernel implements LibC, Mappings {

    public static final long PAGE = 4096;

    /** From so many bytes on, once they are locked, the kernel has counted less than nothing. mm/mlock.c: mlock_fixup */
    static final long MISCOUNTED = PAGE << 31;

    /** As maps names ZGC's memory. */
    static final String HEAP_FILE = "/memfd:java_heap (deleted)";

    /** As maps names anonymous huge pages of hugetlbfs. */
    static final String HUGETLB = "/anon_hugepage (deleted)";

    /** The one file descriptor that is open. */
    static final int HEAP_DESCRIPTOR = 0;

    /** Whether CAP_IPC_LOCK counts. A test can take it away. */
    public boolean privileged = true;

    /** Whether CAP_IPC_LOCK is shown where it counts for nothing: in a user namespace. */
    public boolean isInUserNamespace;

    /** Where its threads are listed. */
    public File tasks = new File("/nowhere");

    /** Which have dropped theirs. */
    public final Set<Integer> threadsWithoutCapability = new TreeSet<>();

    /** Whether capget is refused. */
    boolean hidesCapabilities;

    public long softLimit = 8 << 20;

    /** How long the calling thread has used a CPU: the real kernel's answer. */
    public LongSupplier cpuNanos = () -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();

    public long hardLimit = 8 << 20;
    public boolean mayRaiseHardLimit;

    /** Since Linux 4.4: without, there is no mlock2 and no MCL_ONFAULT. */
    public boolean hasOnFault = true;

    /** Before Linux 5.18: mlock2 on PROT_NONE fails after it has locked, as mlock does everywhere. */
    public boolean failsOnProtNone;

    /** {@code vm.max_map_count} */
    public int maxMapCount = 65_530;

    /** The longest range of mapped memory a call had to lock or unlock so far. */
    public long longestWalk;

    /** The most that was charged at any time. */
    public long mostCharged;

    /** Calls so far, for "fail call n". */
    public int calls;

    public int failCall = -1;

    /** The last call in a row that fails. */
    public int failUntilCall = -1;

    public int failWith = Errno.EPERM;

    /** What a seccomp filter answers to a call by this name in the kernel's place: an errno, or 0. */
    public final Map<String, Integer> filter = new TreeMap<>();

    /** Calls for which a seccomp filter ends the process. */
    public final Set<String> deadly = new TreeSet<>();

    /** Of these, the calls that were made. */
    public final Set<String> died = new TreeSet<>();

    /** Bytes of huge pages of hugetlbfs that a call populated. */
    public long populatedHugetlb;

    /** What happens while somebody waits in poll, before a signal ends that. */
    public Runnable onPoll = () -> {};

    /** What happens when somebody makes a timer. */
    public Runnable onTimer = () -> {};

    private static final int TIMER = 77;

    private static final int PAGEMAP = 78;

    /** Whether the timer that somebody may wait for is due, or its descriptor has become another file's. */
    public boolean isTimerDue;

    /** How many descriptors somebody waited for the last time. */
    public long polled;

    /** Runs once, after the next look at what is locked. */
    public Runnable afterLockedLook = () -> {};

    /** What happens at each question for the limit. */
    public Runnable onGetrlimit = () -> {};

    /** What happens after an mlockall. */
    public Runnable afterLockAll = () -> {};

    /** What happens at each madvise. */
    public Runnable onMadvise = () -> {};

    /** What happens right after an mlock2 of this address, once. */
    public final Map<Long, Runnable> afterLock = new TreeMap<>();

    /** The same for the second mlock2 there. */
    public final Map<Long, Runnable> afterLockAgain = new TreeMap<>();

    /** What happens right after a munlock of this address, once. */
    public final Map<Long, Runnable> afterUnlock = new TreeMap<>();

    /** Whether the file descriptor of the heap can be found. */
    public boolean showsDescriptors = true;

    /** Whether mincore takes all pages for present, as gVisor's does. */
    public boolean isAllSaidToBePresent;

    /** Pages of files in memory that are in swap. */
    public final Set<Long> absent = new TreeSet<>();

    /** Pages of files in memory that were never allocated. */
    public final Set<Long> holes = new TreeSet<>();

    /** Bytes a mlockall had to lock although the JVM runs: how long it would have stalled. */
    public long lockedInOneCall;

    /** Calls of mlockall so far that were to lock what is there. */
    public int lockAllCalls;

    /** Calls of mlock and mlock2 so far. */
    public int lockCalls;

    /** File descriptors of files on tmpfs. */
    public final Set<Integer> filesInMemory = new TreeSet<>();

    /** Looks at the mappings so far. */
    public int looks;

    /** What happens right after the next look at the mappings, once. */
    public Runnable afterRefresh = () -> {};

    /** Where a region begins in the middle of a mapping; it ends with that. */
    public final TreeMap<Long, Region> regionsWithin = new TreeMap<>();

    private final TreeMap<Long, Vma> vmas = new TreeMap<>();
    private boolean future;
    private boolean futureOnFault;
    private int errno;
    private int refusal;
    private long maxMappings;
    private long nextFree = 0x7000_0000_0000L;
    private List<Segment> seen = List.of();

    /** One mapping. */
    private static final class Vma {
        long start;
        long end;
        boolean accessible;
        boolean executable;
        boolean untouched;
        boolean writable;
        boolean shared;
        long offset;
        Region region;
        String path;
        boolean locked;
        boolean onFault;
        boolean special;
        boolean released;

        boolean mayMerge(Vma next) {
            return end == next.start
                    && region == next.region
                    && path.equals(next.path)
                    && (path.isEmpty() || (path.equals(HEAP_FILE) && offset + (end - start) == next.offset))
                    && writable == next.writable
                    && accessible == next.accessible
                    && locked == next.locked
                    && onFault == next.onFault
                    && special == next.special;
        }

        Vma copy(long newStart, long newEnd) {
            Vma copy = new Vma();
            copy.start = newStart;
            copy.end = newEnd;
            copy.accessible = accessible;
            copy.executable = executable;
            copy.untouched = untouched;
            copy.writable = writable;
            copy.shared = shared;
            copy.offset = offset + newStart - start;
            copy.region = region;
            copy.path = path;
            copy.locked = locked;
            copy.onFault = onFault;
            copy.special = special;
            copy.released = released;
            return copy;
        }
    }

    // ---- what the "JVM" does

    /** Maps as HotSpot commits: over whatever is there. Returns false where the real JVM would die. */
    public boolean commit(Region region, long start, long bytes) {
        if (future && isOverLimit(chargedBytes() + bytes)) {
            return false; // the old mapping is still counted: EAGAIN
        }
        place(region, start, bytes, true, "", false);
        return true;
    }

    /** Reserves without committing. */
    public void reserve(Region region, long start, long bytes) {
        place(region, start, bytes, false, "", false);
    }

    /** Maps a file, as an application does. */
    public void mapFile(long start, long bytes, String path) {
        place(Region.MAPPED, start, bytes, true, path, true);
    }

    /** Maps a file as its reader's own: what is written there is in no file. */
    public void mapPrivateFile(long start, long bytes, String path) {
        place(Region.MAPPED, start, bytes, true, path, false);
    }

    /** Maps a file of a MiB after each of the next looks, every second MiB from an address on, as {@code /data/NUMBER}. */
    public void mapAtEachLook(long start, int from, int to) {
        afterRefresh = () -> {
            mapFile(start + 2L * from * (1 << 20), 1 << 20, "/data/" + from);
            if (from < to) {
                mapAtEachLook(start, from + 1, to);
            }
        };
    }

    /** Maps code from a file, as a library does. */
    public void mapCode(long start, long bytes, String path) {
        place(Region.LIBS, start, bytes, true, path, false);
        vmas.get(start).writable = false;
        vmas.get(start).executable = true;
    }

    /** Maps a part of its heap as ZGC does. */
    public void mapHeapFile(long start, long bytes, long offset) {
        place(Region.HEAP, start, bytes, true, HEAP_FILE, true);
        vmas.get(start).offset = offset;
    }

    /** Our view of it. */
    public Segment zgcMirror() {
        refresh();
        return seen.stream().filter(Segment::isAgentsView).findAny().orElseThrow();
    }

    public boolean hasHeapView() {
        refresh();
        return seen.stream().anyMatch(Segment::isAgentsView);
    }

    /** Maps the stack of the first thread. */
    public void mapStack(long end, long bytes) {
        place(Region.STACKS, end - bytes, bytes, true, "[stack]", false);
    }

    /** Has the stack grow by page faults. Returns false where the real JVM would die of SIGSEGV. */
    public boolean growStack(long bytes) {
        for (Vma vma : vmas.values()) {
            if (vma.path.equals("[stack]")) {
                if (vma.locked && isOverLimit(chargedBytes() + bytes)) {
                    return false;
                }
                vmas.remove(vma.start);
                vma.start -= bytes;
                vmas.put(vma.start, vma);
                return true;
            }
        }
        throw new IllegalStateException("no stack");
    }

    /** Maps huge pages of hugetlbfs. */
    public void mapHugetlb(Region region, long start, long bytes) {
        place(region, start, bytes, true, HUGETLB, true);
        vmas.get(start).special = true;
        vmas.get(start).locked = false;
        populatedHugetlb += future ? bytes : 0;
    }

    /** Its {@code /proc}, of which there is but the list of threads. */
    public ProcFs proc() {
        return new ProcFs(tasks, tasks);
    }

    /** Whether there are such. */
    boolean holdsHugetlb() {
        return vmas.values().stream().anyMatch(vma -> vma.path.equals(HUGETLB));
    }

    /** A mapping the kernel never locks. */
    public void mapSpecial(long start, long bytes) {
        place(Region.OTHER, start, bytes, true, "/dev/gpu", true);
        vmas.get(start).special = true;
        vmas.get(start).locked = false;
    }

    /** A droppable mapping, which is born locked under MCL_FUTURE, and no call changes that. */
    public void mapDroppable(long start, long bytes) {
        place(Region.OTHER, start, bytes, true, "", false);
        vmas.get(start).special = true;
    }

    public void unmap(long start, long bytes) {
        carve(start, start + bytes);
    }

    private void place(Region region, long start, long bytes, boolean accessible, String path, boolean shared) {
        carve(start, start + bytes);
        Vma vma = new Vma();
        vma.start = start;
        vma.end = start + bytes;
        vma.accessible = accessible;
        vma.writable = accessible;
        vma.region = region;
        vma.path = path;
        vma.shared = shared;
        vma.locked = future;
        vma.onFault = future && futureOnFault;
        vmas.put(start, vma);
    }

    // ---- what a test looks at

    /** VmLck. */
    @Override
    public long chargedBytes() {
        return vmas.values().stream()
                .filter(vma -> vma.locked)
                .mapToLong(vma -> vma.end - vma.start)
                .sum();
    }

    public boolean isLocked(long address) {
        Vma vma = at(address);
        return vma != null && vma.locked;
    }

    public boolean isMapped(long address) {
        return at(address) != null;
    }

    public boolean isLockedOnFault(long address) {
        return isLocked(address) && at(address).onFault;
    }

    public boolean isFuture() {
        return future;
    }

    /** Whether somebody took what is resident there out of the page tables. */
    public boolean isReleased(long address) {
        return isMapped(address) && at(address).released;
    }

    /** What smaps shows as {@code lo} without {@code lf}. */
    public List<Mapping> lockedWithoutOnFault() {
        return vmas.values().stream()
                .filter(vma -> vma.locked && !vma.onFault)
                .map(FakeKernel::mapping)
                .toList();
    }

    ApplicationLocks.LockFlags lockFlags() {
        return new ApplicationLocks.LockFlags() {
            @Override
            public Map<Mapping, Boolean> onFaultByLocked(Predicate<Mapping> asked) {
                return FakeKernel.this.onFaultByLocked(asked);
            }

            @Override
            public boolean isLockedForGood(Mapping mapping) {
                Vma vma = at(mapping.start());
                return vma != null && vma.special && vma.locked;
            }
        };
    }

    private Map<Mapping, Boolean> onFaultByLocked(Predicate<Mapping> asked) {
        Map<Mapping, Boolean> onFault = new HashMap<>();
        for (Vma vma : List.copyOf(vmas.values())) {
            if (vma.locked && asked.test(mapping(vma))) {
                onFault.put(mapping(vma), vma.onFault);
            }
        }
        Runnable after = afterLockedLook;
        afterLockedLook = () -> {};
        after.run();
        return onFault;
    }

    // ---- Mappings

    @Override
    public boolean refresh() {
        looks++;
        List<Segment> now = new ArrayList<>();
        for (Vma vma : vmas.values()) {
            Map.Entry<Long, Region> within = regionsWithin.lowerEntry(vma.end);
            boolean isCut = within != null && within.getKey() > vma.start;
            long cut = isCut ? within.getKey() : vma.end;
            now.add(new Segment(vma.start, cut, vma.region, Evidence.MAPPING_NAME, mapping(vma)));
            if (isCut) {
                now.add(new Segment(cut, vma.end, within.getValue(), Evidence.MAPPING_NAME, mapping(vma)));
            }
        }
        boolean changed = !now.equals(seen);
        seen = now;
        Runnable after = afterRefresh;
        afterRefresh = () -> {};
        after.run();
        return changed;
    }

    /** As {@code maps} tells, without a look of the agent's. */
    public List<Mapping> maps() {
        return vmas.values().stream().map(FakeKernel::mapping).toList();
    }

    @Override
    public boolean looksUnchanged() {
        LongStream before = seen.stream()
                .mapToLong(segment -> segment.length() * (segment.mapping().isAccessible() ? 2 : 1));
        LongStream now = vmas.values().stream().mapToLong(vma -> (vma.end - vma.start) * (vma.accessible ? 2 : 1));
        return before.sum() == now.sum();
    }

    @Override
    public List<Segment> segments() {
        return seen;
    }

    @Override
    public int mappingCount() {
        return vmas.size();
    }

    @Override
    public long maxMappings() {
        return maxMappings == 0 ? readMaxMappings() : maxMappings;
    }

    @Override
    public long readMaxMappings() {
        maxMappings = MappingBudget.of(maxMapCount);
        return maxMappings;
    }

    private static Mapping mapping(Vma vma) {
        return new Mapping(
                vma.start,
                vma.end,
                vma.accessible,
                vma.writable,
                vma.executable,
                vma.shared,
                vma.path.equals(HEAP_FILE) ? vma.offset : 0,
                vma.path.isEmpty() ? 0 : 1,
                vma.path,
                backing(vma.path));
    }

    private static Backing backing(String path) {
        if (path.isEmpty()) {
            return Backing.NONE;
        }
        boolean isDevice = path.startsWith("/dev/") && !path.startsWith("/dev/shm/");
        return path.equals(HUGETLB)
                ? Backing.HUGETLB
                : isDevice || path.startsWith("anon_inode:") ? Backing.DRIVER : Backing.FILE;
    }

    // ---- LibC

    @Override
    public int mlock(long addr, long len) {
        lockCalls++;
        if (fails("mlock")) {
            return refusal;
        }
        int returned = lockRange(addr, len, false);
        return returned == 0 && holdsProtNone(addr, len) ? fail(Errno.ENOMEM) : returned;
    }

    private boolean holdsProtNone(long addr, long len) {
        return vmas.values().stream().anyMatch(vma -> !vma.accessible && vma.start < addr + len && addr < vma.end);
    }

    @Override
    public int mlock2(long addr, long len, int flags) {
        lockCalls++;
        if (!hasOnFault) {
            return fail(Errno.ENOSYS);
        }
        int returned = fails("mlock2") ? refusal : lockRange(addr, len, flags == Linux.MLOCK_ONFAULT);
        if (returned == 0 && failsOnProtNone && holdsProtNone(addr, len)) {
            returned = fail(Errno.ENOMEM);
        }
        Runnable after = afterLock.containsKey(addr) ? afterLock.remove(addr) : afterLockAgain.remove(addr);
        if (after != null) {
            after.run();
        }
        return returned;
    }

    private int lockRange(long addr, long len, boolean onFault) {
        long start = addr & -PAGE;
        long end = (addr + len + PAGE - 1) & -PAGE;
        long already = 0;
        for (Vma vma : vmas.values()) {
            if (vma.locked) {
                already += Math.max(0, Math.min(end, vma.end) - Math.max(start, vma.start));
            }
        }
        if (!privileged && softLimit == 0) {
            return fail(Errno.EPERM);
        }
        if (isOverLimit(chargedBytes() - already + (end - start))) {
            return fail(Errno.ENOMEM);
        }
        return flag(start, end, true, onFault);
    }

    @Override
    public int munlock(long addr, long len) {
        int returned = fails("munlock") ? refusal : flag(addr & -PAGE, (addr + len + PAGE - 1) & -PAGE, false, false);
        Runnable after = afterUnlock.remove(addr);
        if (after != null) {
            after.run();
        }
        return returned;
    }

    private int flag(long start, long end, boolean locked, boolean onFault) {
        if (!maySplit(start) || !maySplit(end)) {
            return fail(Errno.ENOMEM);
        }
        splitAt(start);
        splitAt(end);
        long at = start;
        while (at < end) {
            Vma vma = vmas.get(at);
            if (vma == null) {
                return fail(Errno.ENOMEM);
            }
            if (!vma.special) {
                vma.locked = locked;
                vma.onFault = locked && onFault;
            }
            populatedHugetlb += locked && vma.path.equals(HUGETLB) ? vma.end - vma.start : 0;
            longestWalk = Math.max(longestWalk, vma.end - start);
            at = vma.end;
        }
        mergeEqualNeighbours();
        mostCharged = Math.max(mostCharged, chargedBytes());
        return 0;
    }

    private boolean maySplit(long address) {
        Vma vma = at(address);
        return vma == null || vma.start == address || vmas.size() < maxMapCount;
    }

    private void mergeEqualNeighbours() {
        Vma before = null;
        for (Vma vma : new ArrayList<>(vmas.values())) {
            if (before != null && before.mayMerge(vma)) {
                before.end = vma.end;
                vmas.remove(vma.start);
            } else {
                before = vma;
            }
        }
    }

    @Override
    public int mlockall(int flags) {
        lockAllCalls += (flags & Linux.MCL_CURRENT) != 0 ? 1 : 0;
        if (fails("mlockall")) {
            return refusal;
        }
        if (flags == 0 || flags == Linux.MCL_ONFAULT || (!hasOnFault && (flags & Linux.MCL_ONFAULT) != 0)) {
            return fail(Errno.EINVAL);
        }
        boolean current = (flags & Linux.MCL_CURRENT) != 0;
        long total =
                vmas.values().stream().mapToLong(vma -> vma.end - vma.start).sum();
        if (!privileged && softLimit == 0) {
            return fail(Errno.EPERM);
        }
        if (current && isOverLimit(total)) {
            return fail(Errno.ENOMEM);
        }
        future = (flags & Linux.MCL_FUTURE) != 0;
        futureOnFault = future && (flags & Linux.MCL_ONFAULT) != 0;
        if (current) {
            for (Vma vma : vmas.values()) {
                populatedHugetlb += vma.path.equals(HUGETLB) ? vma.end - vma.start : 0;
                lockedInOneCall += vma.locked || vma.special || vma.released ? 0 : vma.end - vma.start;
                if (!vma.special) {
                    vma.locked = true;
                    vma.onFault = (flags & Linux.MCL_ONFAULT) != 0;
                }
            }
        }
        afterLockAll.run();
        return 0;
    }

    @Override
    public int munlockall() {
        if (fails("munlockall")) {
            return refusal;
        }
        future = false;
        for (Vma vma : vmas.values()) {
            vma.locked &= vma.special;
            vma.onFault &= vma.special;
        }
        return 0;
    }

    @Override
    public int msync(long addr, long length, int flags) {
        if (fails("msync")) {
            return refusal;
        }
        if (addr % PAGE != 0) {
            return fail(Errno.EINVAL);
        }
        boolean hasHole = false;
        for (long at = addr; at < addr + length; ) {
            Vma vma = at(at);
            if (vma != null && vma.locked) {
                return fail(Errno.EBUSY);
            }
            hasHole |= vma == null;
            Long next = vmas.higherKey(at);
            at = vma != null ? vma.end : next == null ? addr + length : next;
        }
        return hasHole ? fail(Errno.ENOMEM) : 0;
    }

    @Override
    public long mmap(long addr, long length, int prot, int flags, int fd, long offset) {
        if (fails("mmap")) {
            return MAP_FAILED;
        }
        if (future && isOverLimit(chargedBytes() + length)) {
            fail(Errno.EAGAIN);
            return MAP_FAILED;
        }
        if (vmas.size() >= maxMapCount) {
            fail(Errno.ENOMEM);
            return MAP_FAILED;
        }
        boolean isFixed = (flags & Linux.MAP_FIXED) != 0;
        long start = isFixed || (addr != 0 && !isTaken(addr, length)) ? addr : nextFree;
        nextFree += length + PAGE;
        boolean isHeap = (flags & Linux.MAP_ANONYMOUS) == 0 && fd == HEAP_DESCRIPTOR;
        place(
                isHeap ? Region.HEAP : Region.OTHER,
                start,
                length,
                prot != Linux.PROT_NONE,
                isHeap ? HEAP_FILE : "",
                (flags & Linux.MAP_SHARED) != 0);
        vmas.get(start).writable = (prot & Linux.PROT_WRITE) != 0;
        vmas.get(start).untouched = true;
        return start;
    }

    @Override
    public int munmap(long addr, long length) {
        if (fails("munmap")) {
            return refusal;
        }
        carve(addr, addr + length);
        return 0;
    }

    @Override
    public int madvise(long addr, long length, int advice) {
        onMadvise.run();
        if (fails("madvise")) {
            return refusal;
        }
        if (advice == Linux.MADV_WILLNEED) {
            absent.removeIf(page -> page >= addr && page < addr + length);
            return 0;
        }
        Vma vma = at(addr);
        if (vma != null && advice == Linux.MADV_DONTNEED) {
            vma.released = true;
        }
        boolean refusesLocked = advice == Linux.MADV_COLD || advice == Linux.MADV_DONTNEED;
        if (refusesLocked && vma == null) {
            return fail(Errno.ENOMEM);
        }
        boolean isRefused = refusesLocked && (vma.locked || (vma.special && advice == Linux.MADV_COLD));
        return isRefused ? fail(Errno.EINVAL) : 0;
    }

    @Override
    public int getrlimit(int resource, long[] rlim) {
        onGetrlimit.run();
        if (fails("getrlimit")) {
            return refusal;
        }
        rlim[0] = softLimit;
        rlim[1] = hardLimit;
        return 0;
    }

    @Override
    public int setrlimit(int resource, long[] rlim) {
        if (fails("setrlimit")) {
            return refusal;
        }
        if (Long.compareUnsigned(rlim[1], hardLimit) > 0 && !mayRaiseHardLimit) {
            return fail(Errno.EPERM);
        }
        softLimit = rlim[0];
        hardLimit = rlim[1];
        return 0;
    }

    @Override
    public int capget(int[] header, int[] data) {
        if (fails("capget")) {
            return refusal;
        }
        if (hidesCapabilities) {
            return fail(Errno.EPERM);
        }
        data[0] = (privileged || isInUserNamespace) && !threadsWithoutCapability.contains(header[1])
                ? 1 << Linux.CAP_IPC_LOCK
                : 0;
        return 0;
    }

    @Override
    public int open(byte[] pathname, int flags) {
        if (!new String(pathname, StandardCharsets.US_ASCII).equals("/proc/self/pagemap\0")) {
            return fail(Errno.ENOENT);
        }
        return fails("open") ? refusal : PAGEMAP;
    }

    @Override
    public long read(int fd, byte[] buf, long count) {
        throw new IllegalStateException("nothing is open");
    }

    @Override
    public long pread(int fd, byte[] buf, long count, long offset) {
        if (fd != PAGEMAP || count != Long.BYTES) {
            throw new IllegalStateException("nothing is open");
        }
        buf[Long.BYTES - 1] = (byte) (isPresent(offset / Long.BYTES * PAGE) ? 0x80 : 0);
        return count;
    }

    @Override
    public int close(int fd) {
        if (fd != PAGEMAP) {
            throw new IllegalStateException("nothing is open");
        }
        return 0;
    }

    /** Paths of open files by their descriptors. */
    public final Map<Integer, String> openFiles = new TreeMap<>();

    @Override
    public long readlink(byte[] path, byte[] buf, long bufsiz) {
        boolean isHeap = showsDescriptors
                && new String(path, StandardCharsets.US_ASCII).equals("/proc/self/fd/" + HEAP_DESCRIPTOR + "\0");
        String link = new String(path, StandardCharsets.US_ASCII);
        String file = openFiles.entrySet().stream()
                .filter(open -> link.equals("/proc/self/fd/" + open.getKey() + "\0"))
                .map(Map.Entry::getValue)
                .findAny()
                .orElse(isHeap ? HEAP_FILE : "/dev/null");
        byte[] target = file.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(target.length, (int) bufsiz);
        System.arraycopy(target, 0, buf, 0, length);
        return length;
    }

    @Override
    public int clock_gettime(int clockid, long[] tp) {
        if (filter.containsKey("clock_gettime")) {
            return fail(filter.get("clock_gettime"));
        }
        long nanos = cpuNanos.getAsLong();
        tp[0] = nanos / 1_000_000_000L;
        tp[1] = nanos % 1_000_000_000L;
        return 0;
    }

    @Override
    public int mincore(long addr, long length, byte[] vec) {
        if (fails("mincore")) {
            return refusal;
        }
        for (int page = 0; page < length / PAGE; page++) {
            vec[page] = (byte) (isAllSaidToBePresent || isPresent(addr + page * PAGE) ? 1 : 0);
        }
        return 0;
    }

    private boolean isPresent(long page) {
        Vma vma = at(page);
        boolean isPopulated = vma == null || !vma.untouched || (vma.locked && !vma.onFault);
        return isPopulated && !absent.contains(page) && !holes.contains(page);
    }

    /** Of the commands the one that tells files in memory from others. */
    @Override
    public int fcntl(int fd, int cmd, long arg) {
        if (fails("fcntl")) {
            return refusal;
        }
        return filesInMemory.contains(fd) ? 1 : fail(Errno.EINVAL);
    }

    /** By descriptor, the pages of files that are in swap. */
    public final Map<Integer, BitSet> swappedPages = new TreeMap<>();

    /** Where somebody asked what is in swap, and how far. */
    public final List<String> cachestats = new ArrayList<>();

    /** What happens after each such question. */
    public Runnable afterCachestat = () -> {};

    @Override
    public int cachestat(int fd, long[] range, long[] cstat, int flags) {
        if (fails("cachestat")) {
            return refusal;
        }
        int first = (int) (range[0] / PAGE);
        int end = (int) ((range[0] + range[1]) / PAGE);
        cachestats.add(fd + ": " + first + "-" + end);
        cstat[Linux.CACHESTAT_EVICTED] =
                swappedPages.getOrDefault(fd, new BitSet()).get(first, end).cardinality();
        afterCachestat.run();
        return 0;
    }

    @Override
    public int pagemap_scan(int fd, long[] arg, long[] vec) {
        return -1;
    }

    /** What mlock or a plain mlockall populated is there. */
    @Override
    public int move_pages(int pid, long page, int[] status, int flags) {
        if (fails("move_pages")) {
            return refusal;
        }
        Vma vma = at(page);
        status[0] = vma == null ? -Errno.EFAULT : vma.locked && !vma.onFault ? 0 : -Errno.ENOENT;
        return 0;
    }

    @Override
    public int poll(int[] fds, long nfds, int timeout) {
        polled = nfds;
        onPoll.run();
        return isTimerDue && nfds > 0 ? 1 : fail(filter.getOrDefault("poll", Errno.EINTR));
    }

    @Override
    public int timerfd_create(int clockid, int flags) {
        onTimer.run();
        return fails("timerfd_create") ? refusal : TIMER;
    }

    @Override
    public int timerfd_settime(int fd, int flags, long[] newValue) {
        isTimerDue |= fd == TIMER;
        return fd == TIMER ? 0 : fail(Errno.EINVAL);
    }

    @Override
    public int getpriority(int which, int who) {
        throw new UnsupportedOperationException("nothing here is about CPUs");
    }

    @Override
    public int setpriority(int which, int who, int prio) {
        throw new UnsupportedOperationException("nothing here is about CPUs");
    }

    @Override
    public int sched_getscheduler(int pid) {
        throw new UnsupportedOperationException("nothing here is about CPUs");
    }

    @Override
    public int sched_setscheduler(int pid, int policy, int[] param) {
        return fails("sched_setscheduler") ? refusal : 0;
    }

    @Override
    public int kill(int pid, int sig) {
        return 0;
    }

    @Override
    public long sysconf(int name) {
        return PAGE;
    }

    @Override
    public int errno() {
        return errno;
    }

    private boolean isOverLimit(long bytes) {
        if (!privileged && vmas.values().stream().anyMatch(vma -> vma.locked && vma.end - vma.start >= MISCOUNTED)) {
            return true; // the sum is below 0, and compared as if it had no sign
        }
        return !privileged && softLimit != Linux.RLIM_INFINITY && bytes > softLimit;
    }

    private boolean fails(String call) {
        if (deadly.contains(call)) {
            died.add(call);
        }
        Integer filtered = filter.get(call);
        int number = calls++;
        if (failCall >= 0 && number >= failCall && number <= Math.max(failCall, failUntilCall)) {
            errno = failWith;
            refusal = -1;
            return true;
        }
        if (filtered == null) {
            return false;
        }
        errno = filtered;
        refusal = filtered == 0 ? 0 : -1;
        return true;
    }

    private int fail(int number) {
        errno = number;
        return -1;
    }

    private Vma at(long address) {
        Map.Entry<Long, Vma> entry = vmas.floorEntry(address);
        return entry == null || entry.getValue().end <= address ? null : entry.getValue();
    }

    private boolean isTaken(long start, long length) {
        return at(start) != null || !vmas.subMap(start, start + length).isEmpty();
    }

    private void splitAt(long address) {
        Vma vma = at(address);
        if (vma != null && vma.start != address) {
            vmas.put(address, vma.copy(address, vma.end));
            vma.end = address;
        }
    }

    private void carve(long start, long end) {
        splitAt(start);
        splitAt(end);
        vmas.subMap(start, end).clear();
    }
}
