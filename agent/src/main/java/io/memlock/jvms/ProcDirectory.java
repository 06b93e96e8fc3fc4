// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.files.ProcFormatException;
import io.memlock.memory.Mapping;
import io.memlock.memory.SmapsCost;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessLimits;
import io.memlock.proc.ProcessStat;
import io.memlock.proc.ProcessStatus;
import io.memlock.proc.SmapsRollup;
import io.memlock.proc.SwappedBytes;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The processes in {@code /proc}, or in a copy of it. A process may end between any two reads: then they fail. One that holds
 * its address space keeps who reads its memory waiting, and nobody else: such a read has a reader of its own.
 */
public final class ProcDirectory {

    private static final String LIBJVM = "/libjvm.so";

    /** The beginning of the line of a mapping that can be run. */
    private static final Pattern EXECUTABLE = Pattern.compile("\\S+ ..x");

    private static final String PERF_DATA_DIRECTORY = "/hsperfdata_";

    /** The file is the JVM's: so much of it is read at most. */
    private static final int LONGEST_PERF_DATA = 1 << 20;

    private final Path root;
    private final ProcFs files;

    public ProcDirectory(Path root) {
        this.root = root;
        this.files = newFiles();
    }

    public ProcFs files() {
        return files;
    }

    /** Returns a reader for one process that may keep it waiting: nobody waits for that reader then. */
    public ProcFs newFiles() {
        return new ProcFs(root.toFile(), new File("/"));
    }

    public Path of(long pid) {
        return root.resolve(Long.toString(pid));
    }

    /** Tells whether there is such a process that has not ended, as far as this user can see. */
    public boolean exists(long pid) {
        try {
            return status(pid).hasMemory();
        } catch (IOException e) {
            return Files.exists(of(pid));
        }
    }

    /** Lists the ids of all processes this user may see, in ascending order. */
    List<Integer> pids() throws IOException {
        return files.pids();
    }

    public ProcessStatus status(long pid) throws IOException {
        return parsed(() -> files.status(Long.toString(pid)));
    }

    public ProcessStat stat(long pid) throws IOException {
        return parsed(() -> files.stat(Long.toString(pid)));
    }

    public ProcessLimits limits(long pid) throws IOException {
        return parsed(() -> files.limits(Long.toString(pid)));
    }

    /** Walks the page tables of the process, which has its price: {@link SmapsCost}. */
    SmapsRollup smapsRollup(long pid) throws IOException {
        return parsed(() -> newFiles().smapsRollup(Long.toString(pid)));
    }

    /** Reads how much is in swap, with shared memory. Walks page tables, too. */
    SwappedBytes swappedBytes(long pid) throws IOException {
        return parsed(() -> newFiles().swappedBytes(Long.toString(pid)));
    }

    List<Mapping> mappings(long pid) throws IOException {
        return parsed(() -> newFiles().mappings(Long.toString(pid)));
    }

    String cmdline(long pid) throws IOException {
        return newFiles().text(Long.toString(pid), "cmdline");
    }

    /**
     * Tells whether a process is a JVM. Reads no further than to the first code of libjvm.so: a program may look into that file
     * without running it.
     */
    boolean isJvm(long pid) throws IOException {
        try (BufferedReader maps = Files.newBufferedReader(of(pid).resolve("maps"), StandardCharsets.ISO_8859_1)) {
            for (String line = maps.readLine(); line != null; line = maps.readLine()) {
                if ((line.endsWith(LIBJVM) || line.endsWith(LIBJVM + Mapping.DELETED))
                        && EXECUTABLE.matcher(line).lookingAt()) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Reads the performance counters of a JVM: a file of some ten kilobytes, which it has mapped. Where somebody has removed the
     * file, or it is of the user as whom the JVM was started, what is mapped is read.
     *
     * @return null if it publishes none
     */
    byte[] perfData(long pid) throws IOException {
        String process = Long.toString(pid);
        String name = "/" + status(pid).ownPid();
        for (Mapping mapping : mappings(pid)) {
            if (!isPerfData(mapping, name)) {
                continue;
            }
            try {
                String seen = files.pathSeenBy(process, mapping.path());
                if (files.inodeSeenBy(process, seen) == mapping.inode()) { // rather than another that has its name now
                    return files.seenBy(process, seen, LONGEST_PERF_DATA);
                }
            } catch (IOException e) {
                // Then what is mapped may be read.
            }
            return mapped(pid, mapping);
        }
        return null;
    }

    /** Reads a part of the memory of a process, which is closed to those who may not trace it. proc_pid_mem(5) */
    private byte[] mapped(long pid, Mapping mapping) throws IOException {
        byte[] bytes = new byte[(int) Math.min(mapping.length(), LONGEST_PERF_DATA)];
        try (RandomAccessFile memory =
                new RandomAccessFile(of(pid).resolve("mem").toFile(), "r")) {
            memory.seek(mapping.start());
            memory.readFully(bytes);
        }
        return bytes;
    }

    /** Tells whether a JVM writes its counters there: those of other JVMs, which it may look at, it can only read. */
    private static boolean isPerfData(Mapping mapping, String name) {
        String path = mapping.linkedPath();
        int directory = path.lastIndexOf('/', path.length() - name.length() - 1);
        return mapping.writable()
                && mapping.shared()
                && path.endsWith(name)
                && path.startsWith(PERF_DATA_DIRECTORY, directory);
    }

    /** Tells whether the process has a thread whose name begins with a prefix. */
    boolean hasThread(long pid, String prefix) {
        return files.hasThread(Long.toString(pid), prefix);
    }

    /** Tells whether a process is in the same namespace as this one; true if that cannot be seen. */
    public boolean sharesNamespace(long pid, String namespace) {
        try {
            Path link = Path.of("ns", namespace);
            return Files.readSymbolicLink(of(pid).resolve(link))
                    .equals(Files.readSymbolicLink(root.resolve("self").resolve(link)));
        } catch (IOException e) {
            return true;
        }
    }

    /** Tells whether paths lead a process to the same files as this one; true if that cannot be seen. */
    public boolean sharesRoot(long pid) {
        try {
            return sharesNamespace(pid, "mnt")
                    && Files.readSymbolicLink(of(pid).resolve("root"))
                            .equals(Files.readSymbolicLink(root.resolve("self/root")));
        } catch (IOException e) {
            return true;
        }
    }

    /** Tells whether this user sees only some of the processes. proc(5), hidepid */
    boolean hidesProcesses() {
        try {
            return Files.readString(root.resolve("self/mounts"), StandardCharsets.ISO_8859_1)
                    .lines()
                    .anyMatch(line -> line.startsWith("proc ") && line.matches(".*hidepid=(?!0|off).*"));
        } catch (IOException e) {
            return false;
        }
    }

    private static <T> T parsed(Source<T> source) throws IOException {
        try {
            return source.read();
        } catch (ProcFormatException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private interface Source<T> {
        T read() throws IOException;
    }
}
