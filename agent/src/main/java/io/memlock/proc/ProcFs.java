// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.FileOpener;
import io.memlock.files.ForeignFiles;
import io.memlock.files.ProcFormatException;
import io.memlock.files.TextFile;
import io.memlock.memory.Mapping;
import io.memlock.memory.SmapsCost;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads the files of {@code /proc} and {@code /sys}; the parsers make sense of them. Safe for use by several threads.
 *
 * <p>A process is {@code self} or its number. All methods throw {@link IOException} where a file is gone or hidden, with
 * the file and the reason in its message, and {@link ProcFormatException} where its text is not the kernel's.
 */
public final class ProcFs {

    public static final String SELF = "self";

    private final File proc;
    private final File root;
    private final FileOpener opener;
    private final TextFile text;
    private FileSystems own;

    /** Reads {@code /proc} and {@code /sys}. */
    public ProcFs() {
        this(new File("/proc"), new File("/"));
    }

    /**
     * Reads a copy of them.
     *
     * @param proc where {@code /proc} is
     * @param root where {@code /} is, for {@code /sys}
     */
    public ProcFs(File proc, File root) {
        this(proc, root, new FileOpener.Jdk());
    }

    /**
     * Reads the files of this machine.
     *
     * @param opener opens them
     */
    public ProcFs(FileOpener opener) {
        this(new File("/proc"), new File("/"), opener);
    }

    private ProcFs(File proc, File root, FileOpener opener) {
        this.proc = proc;
        this.root = root;
        this.opener = opener;
        this.text = new TextFile(opener);
    }

    /** Returns a reader of the same files that opens them in another way. */
    public ProcFs openedBy(FileOpener other) {
        return new ProcFs(proc, root, other);
    }

    /**
     * Returns all mappings of a process, in the order of their addresses.
     *
     * <p>The kernel prints about 40 mappings under one lock. While a process maps and unmaps, the rest may be of a later
     * moment: a mapping that just grew can overlap the one before it, one that just moved can be missing.
     */
    public synchronized List<Mapping> mappings(String pid) throws IOException {
        Cursor maps = text.read(processFile(pid, "maps"));
        return MapsParser.parse(maps, text.length(), List.of(), fileSystems(pid).forOneReading());
    }

    /**
     * Returns what is known of file systems. Of our own it is kept: their mounts are read again only for a file on one of
     * which nothing was mapped before.
     */
    private synchronized FileSystems fileSystems(String pid) {
        if (!pid.equals(SELF)) {
            return new FileSystems(this, pid);
        }
        if (own == null) {
            own = new FileSystems(this, pid);
        }
        return own;
    }

    /** Returns a reader of {@link #mappings} that is asked again and again. */
    public MapsReader mapsReader(String pid) {
        return new MapsReader(fileSystems(pid), opener, processFile(pid, "maps"));
    }

    /** Returns what tells again and again whether the address space has changed, and how much of it is in RAM. */
    public AddressSpaceReader addressSpaceReader(String pid) {
        return new AddressSpaceReader(opener, processFile(pid, "statm"));
    }

    /** Returns {@link MemInfo#hasNoHugetlbPages}, in the midst of another file. */
    boolean hasNoHugetlbPages() {
        return memInfo(new TextFile(opener)).hasNoHugetlbPages();
    }

    /** Returns what tells again and again how much is mapped and locked. */
    public LockedSizeReader lockedSizeReader(String pid) {
        return new LockedSizeReader(opener, processFile(pid, "status"));
    }

    /** Hands out all mappings with what they hold. That has its price: {@link SmapsCost}. */
    public void smaps(String pid, Consumer<SmapsEntry> each) throws IOException {
        readSmaps(processFile(pid, "smaps"), pid, each);
    }

    /**
     * Returns the sums over all mappings: from {@code smaps_rollup}, or where that is not to be had, as before Linux
     * 4.14, added up. Costs as much in the kernel as {@link #smaps}. Huge pages of hugetlbfs are added up in any case: the
     * kernel's sum counts each view of them.
     */
    public SmapsRollup smapsRollup(String pid) throws IOException {
        SmapsRollup.Sum sum = new SmapsRollup.Sum();
        try {
            readSmaps(processFile(pid, "smaps_rollup"), pid, sum);
        } catch (IOException | ProcFormatException e) {
            // Then nothing was handed out.
        }
        if (sum.isEmpty() || sum.total().hugetlbBytes() > 0) {
            sum = new SmapsRollup.Sum();
            smaps(pid, sum);
        }
        return sum.total();
    }

    private void readSmaps(File file, String pid, Consumer<SmapsEntry> each) throws IOException {
        try (InputStream in = opener.open(file)) {
            new SmapsParser(fileSystems(pid), each).read(file.getPath(), in);
        } catch (IOException e) {
            throw TextFile.failure(file, e);
        }
    }

    /**
     * Adds up what is in swap of all mappings, shared memory once. Costs as much in the kernel as {@link #smaps}.
     *
     * @throws IOException if smaps cannot be read
     */
    public SwappedBytes swappedBytes(String pid) throws IOException {
        SwappedBytes swapped = new SwappedBytes();
        smaps(pid, swapped::add);
        return swapped;
    }

    /**
     * Opens what tells the state of each page. To be closed.
     *
     * @throws IOException if it cannot be opened, as with a process that is not dumpable
     */
    public Pagemap pagemap(String pid, long pageBytes) throws IOException {
        File file = processFile(pid, "pagemap");
        try {
            return new Pagemap(opener.open(file), pageBytes);
        } catch (IOException e) {
            throw TextFile.failure(file, e);
        }
    }

    /** Returns memory, identity and privileges of a process. */
    public synchronized ProcessStatus status(String pid) throws IOException {
        return ProcessStatus.parse(text.read(processFile(pid, "status")));
    }

    /**
     * Returns whether a seccomp filter judges the calls of this thread: each has its own. A filter may end the process for a
     * call that it does not know, and does not tell which it knows.
     *
     * @return true also where it is not known
     */
    public boolean isFiltered() {
        try {
            // Not with the reader that others wait for: the watch for dropped privileges asks, in a hurry.
            File status = processFile("thread-self", "status");
            return ProcessStatus.parse(new TextFile(opener).read(status)).seccompMode() != 0;
        } catch (IOException | RuntimeException e) {
            return true;
        }
    }

    /**
     * Returns the page faults and the start time of a process.
     *
     * @throws IOException if they cannot be read, or the file does not tell, as one that is hidden by an empty one
     */
    public synchronized ProcessStat stat(String pid) throws IOException {
        try {
            return ProcessStat.parse(text.read(processFile(pid, "stat")));
        } catch (ProcFormatException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Returns the threads of a process, in the order in which they were started as long as the numbers grow; none if
     * they cannot be listed.
     */
    public int[] threadIds(String pid) {
        String[] names = processFile(pid, "task").list();
        int[] ids = new int[names == null ? 0 : names.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Integer.parseInt(names[i]);
        }
        return ids;
    }

    /** Returns whether a process has a thread whose name begins with a prefix; false also where that cannot be seen. */
    public boolean hasThread(String pid, String prefix) {
        for (int thread : threadIds(pid)) {
            if (textOrNone(pid, "task/" + thread + "/comm").startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the number of files a process has open; -1 if they cannot be listed. */
    public int openFiles(String pid) {
        String[] names = processFile(pid, "fd").list();
        return names == null ? -1 : names.length;
    }

    public synchronized ProcessLimits limits(String pid) throws IOException {
        return ProcessLimits.parse(text.read(processFile(pid, "limits")));
    }

    /** Returns what a process sees mounted. Also asked for in the midst of another file. */
    public MountInfo mountInfo(String pid) throws IOException {
        return MountInfo.parse(new TextFile(opener).read(processFile(pid, "mountinfo")));
    }

    /**
     * Returns the host's memory. All of it is unknown where {@code /proc} shows processes only ({@code subset=pid}), or
     * the file is hidden, or not in the kernel's format.
     */
    public synchronized MemInfo memInfo() {
        return memInfo(text);
    }

    private MemInfo memInfo(TextFile reader) {
        try {
            return MemInfo.parse(reader.read(new File(proc, "meminfo")));
        } catch (IOException | ProcFormatException e) {
            return MemInfo.UNKNOWN;
        }
    }

    /**
     * Returns whether no cgroup limits the memory of a process: the kernel has none, or they are switched off
     * ({@code cgroup_disable=memory}). False also where that is not known. cgroups(7)
     */
    public boolean hasNoMemoryCgroups(String pid) {
        if (!processFile(pid, "cgroup").exists()) {
            return processFile(pid, "mountinfo").exists();
        }
        try {
            for (String line : read(new File(proc, "cgroups")).split("\n", -1)) {
                if (line.startsWith("memory\t")) {
                    return line.endsWith("\t0"); // its last column: enabled
                }
            }
        } catch (IOException e) {
            // Not known.
        }
        return false;
    }

    /** Returns the host's swap areas; none where the file is hidden. */
    public synchronized Swaps swaps() {
        try {
            return Swaps.parse(text.read(new File(proc, "swaps")));
        } catch (IOException e) {
            return new Swaps(List.of());
        }
    }

    /**
     * A kernel setting.
     *
     * @param name for example {@code vm/swappiness}
     * @return the text without blanks around it
     */
    public String sys(String name) throws IOException {
        return read(new File(proc, "sys/" + name)).trim();
    }

    /**
     * Returns the version of the running kernel: from the JVM where {@code /proc} shows processes only ({@code subset=pid}).
     *
     * @throws ProcFormatException if its release does not begin with two numbers
     */
    public KernelVersion kernelVersion() {
        String release;
        try {
            release = sys("kernel/osrelease");
        } catch (IOException e) {
            release = System.getProperty("os.version", ""); // uname(2)
        }
        return KernelVersion.parse(release);
    }

    /** Returns whether the running kernel is a given version or a later one; false where it does not tell its version. */
    public boolean isKernelAtLeast(int major, int minor) {
        try {
            return kernelVersion().isAtLeast(major, minor);
        } catch (RuntimeException e) {
            return false;
        }
    }

    /**
     * A setting in {@code /sys}.
     *
     * @param name for example {@code kernel/mm/transparent_hugepage/enabled}
     * @return the text without blanks around it
     */
    public String sysfs(String name) throws IOException {
        return read(new File(root, "sys/" + name)).trim();
    }

    /**
     * Returns the inode behind a file descriptor: {@code /proc/PID/fdinfo}, since Linux 5.14. proc_pid_fdinfo(5)
     *
     * @return -1 where it is not told
     */
    public long inode(String pid, int descriptor) throws IOException {
        try {
            for (String line : read(processFile(pid, "fdinfo/" + descriptor)).split("\n", -1)) {
                if (line.startsWith("ino:\t")) {
                    return Long.parseLong(line.substring("ino:\t".length()));
                }
            }
        } catch (NumberFormatException e) {
            // Not told.
        }
        return -1;
    }

    /**
     * Returns the text of a file of the host.
     *
     * @param path absolute
     * @return its text, null if it is not there or cannot be read
     */
    public String hostFile(String path) {
        try {
            return read(new File(root, path));
        } catch (IOException e) {
            return null;
        }
    }

    public boolean isHostDirectory(String path) {
        return new File(root, path).isDirectory();
    }

    /**
     * Reads a file as another process sees it, in a container too, with the rights of its user.
     *
     * @param path absolute, in the process's root directory
     * @param longest bytes; a file that is longer is refused
     * @throws IOException also if its user could not read it, or it is no regular file
     */
    public byte[] seenBy(String pid, String path, int longest) throws IOException {
        try (ForeignFiles files = foreignFiles(pid)) {
            return files.read(path, longest);
        }
    }

    /** Returns the inode of what another process sees at a path, as {@link #seenBy}. */
    public long inodeSeenBy(String pid, String path) throws IOException {
        try (ForeignFiles files = foreignFiles(pid)) {
            return files.inode(path);
        }
    }

    /** Returns the path of a mapping of a process as that process sees it: what {@link #seenBy} takes. */
    public String pathSeenBy(String pid, String path) {
        return ForeignFiles.seenFrom(processFile(pid, "root").toPath(), path);
    }

    /** Returns whether another process sees a directory at a path; false also where its user could not go. */
    public boolean isDirectorySeenBy(String pid, String path) {
        try (ForeignFiles files = foreignFiles(pid)) {
            return files.isDirectory(path);
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns whether another process sees anything at a path. */
    public boolean existsSeenBy(String pid, String path) {
        try (ForeignFiles files = foreignFiles(pid)) {
            files.isDirectory(path);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the text of a file as the process sees it, as {@link #seenBy}; empty if it cannot be read. */
    public String textSeenByOrNone(String pid, String path, int longest) {
        try {
            return new String(seenBy(pid, path, longest), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private ForeignFiles foreignFiles(String pid) throws IOException {
        return new ForeignFiles(processFile(pid, "root").toPath(), status(pid).effectiveUid());
    }

    /**
     * Returns the text of a small file of a process; "" if it cannot be read.
     *
     * @param name for example {@code uid_map}
     */
    public String textOrNone(String pid, String name) {
        try {
            return text(pid, name);
        } catch (IOException e) {
            return "";
        }
    }

    /** Returns whether a process is in another user namespace than the first; false also where it is not known. */
    public boolean isInUserNamespace(String pid) {
        return UidMap.isOfUserNamespace(textOrNone(pid, "uid_map"));
    }

    public String text(String pid, String name) throws IOException {
        return read(processFile(pid, name));
    }

    /**
     * Returns the page size, from the kernel and without native code.
     *
     * @throws IOException if it cannot be learned
     */
    public long pageBytes() throws IOException {
        File file = processFile(SELF, "auxv");
        long bytes;
        try (InputStream in = opener.open(file)) {
            bytes = AuxiliaryVector.pageBytes(in.readAllBytes());
        } catch (IOException e) {
            throw TextFile.failure(file, e);
        }
        if (bytes < 0) {
            throw new IOException(file + ": no page size in it");
        }
        return bytes;
    }

    /** Returns the environment variables a process was started with. */
    public Map<String, String> environment(String pid) throws IOException {
        Map<String, String> variables = new HashMap<>();
        for (String variable : read(processFile(pid, "environ")).split("\0", -1)) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return variables;
    }

    /** Returns the variables of a process, as {@link #environment}; none if they cannot be read. */
    public Map<String, String> environmentOrNone(String pid) {
        try {
            return environment(pid);
        } catch (IOException e) {
            return Map.of();
        }
    }

    /** Returns the processes we can see, in ascending order. */
    public List<Integer> pids() throws IOException {
        String[] names = proc.list();
        if (names == null) {
            throw new IOException(proc + ": cannot be listed");
        }
        List<Integer> pids = new ArrayList<>();
        for (String name : names) {
            if (TextFile.isNumber(name)) {
                pids.add(Integer.valueOf(name));
            }
        }
        Collections.sort(pids);
        return pids;
    }

    private synchronized String read(File file) throws IOException {
        return text.read(file).all();
    }

    private File processFile(String pid, String name) {
        return new File(new File(proc, pid), name);
    }
}
