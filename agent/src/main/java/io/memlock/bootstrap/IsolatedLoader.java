// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.AllPermission;
import java.security.CodeSource;
import java.security.Permissions;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Loads what the agent jar hides under {@code inst/}. Classes are together in five entries: those that run before an
 * application's {@code main}, those that a lock of regions needs as well, those that the agent may need later, ASM, and those
 * of the command line. {@code AssembleJar} says in what form, and why. A resource of ours is among the classes of its
 * package; JNA's library {@code a/b/c.so} is {@code inst/a/b/c.so}.
 *
 * <p>Its parent is the platform loader: neither the application's classes nor its version of a library can be found
 * here, and nothing from here can be found by the application.
 */
final class IsolatedLoader extends ClassLoader {

    /** No rest, at the start of a JVM: its application waits until we are done. */
    static final long AT_ONCE = 0;

    /**
     * Rest beside an application that runs, ten times as long as a class takes. Some 300 classes at once keep a CPU busy for
     * 0.1 s, and the JVM's two compilers with it: where there are few CPUs the application waits for one, for milliseconds at
     * worst.
     */
    static final long GENTLY_NANOS = 2_000_000;

    private static final String HIDDEN = "inst/";

    private static final String START = "start.classes";
    private static final String REGION = "region.classes";
    private static final String AGENT = "agent.classes";
    private static final String ASM = "asm.classes";
    private static final String COMMAND = "command.classes";

    /** What the classes for regions take with what they do before main, and what HotSpot needs then so as not to abort. */
    private static final long ROOM_BYTES = 2L << 20;

    /** {@link #ROOM_BYTES} in regions of a MiB: G1 fills these only in part, and on JDK 17 2.5 MiB free of 4 are too little. */
    private static final long ROOM_IN_REGIONS_BYTES = 3L << 20;

    private static final long REGION_BYTES = 1L << 20;

    /** Seen from both sides: the types by which the application's side calls ours. */
    private static final String SHARED = "io.memlock.bootstrap.";

    static {
        registerAsParallelCapable();
    }

    private final JarFile jar;
    private final ProtectionDomain domain;
    private final long restNanos;
    private final Thread creator = Thread.currentThread();

    /** The classes that have been read and not been made, by their names as in a class file; and the resources. */
    private final Map<String, byte[]> held = new ConcurrentHashMap<>();

    /** The entries for classes of which all have been read. */
    private final Set<String> read = new HashSet<>();

    /**
     * Opens the jar, for the life of the JVM.
     *
     * @param file the agent jar
     * @param restNanos how long a thread of ours rests after each class: this one, and each {@link AgentThread#gentle}
     */
    IsolatedLoader(File file, long restNanos) throws IOException {
        super("memlock", ClassLoader.getPlatformClassLoader());
        this.restNanos = restNanos;
        // Not verified: the signature check runs interpreted and would cost more than all our class loading.
        jar = new JarFile(file, false);
        CodeSource source = new CodeSource(file.toURI().toURL(), (Certificate[]) null);
        domain = new ProtectionDomain(source, permissions(), this, null);
        hold(START);
        entry(REGION); // which may be read when main runs: too late for an exit
        entry(AGENT);
    }

    /**
     * Reads all classes of an entry, once: from then on it does not matter to this JVM if somebody replaces the jar in place,
     * or cuts it short. The arithmetic is plain, and each class is read to where it stays, because this runs interpreted
     * before main, and each page of the heap that is touched for the first time costs as much as a class.
     */
    private void hold(String classes) {
        synchronized (read) {
            if (read.contains(classes)) {
                return;
            }
            JarEntry entry = entry(classes);
            if (classes.equals(REGION) && isBeforeMain()) {
                requireRoom();
            }
            try (InputStream in = jar.getInputStream(entry)) {
                byte[] index = read(in, number(read(in, Integer.BYTES), 0, Integer.BYTES));
                for (int at = 0; at < index.length; ) {
                    int name = at + Short.BYTES;
                    int length = name + number(index, at, Short.BYTES);
                    at = length + Integer.BYTES;
                    held.put(
                            new String(index, name, length - name, StandardCharsets.ISO_8859_1),
                            read(in, number(index, length, Integer.BYTES)));
                }
                read.add(classes); // not before: after a failure, as of a full heap, the next who asks reads them again
            } catch (IOException | RuntimeException e) {
                throw unreadable(entry, e);
            }
        }
    }

    /** Returns whether no thread of the application can be in need of the room that {@link #requireRoom} takes for a moment. */
    private boolean isBeforeMain() {
        return restNanos == AT_ONCE && Thread.currentThread() == creator;
    }

    /**
     * Fails like an allocation that a heap has no room for, while there is room to say so. A heap that we fill to the last
     * bytes is one in which the JVM's own threads fail, and HotSpot aborts where these do not expect it. The error is ours:
     * one of HotSpot's would end the JVM ({@code -XX:+ExitOnOutOfMemoryError}), or have the heap dumped.
     */
    private static void requireRoom() {
        if (!AgentThread.mayRunBesideMain() && !hasRoom()) {
            System.gc();
            if (!hasRoom()) {
                throw new OutOfMemoryError("Java heap space");
            }
        }
    }

    private static boolean hasRoom() {
        Runtime heap = Runtime.getRuntime();
        long most = heap.maxMemory();
        boolean isInRegions = most % REGION_BYTES == 0; // the other collectors leave a survivor space out
        return most - heap.totalMemory() + heap.freeMemory() >= (isInRegions ? ROOM_IN_REGIONS_BYTES : ROOM_BYTES);
    }

    private JarEntry entry(String classes) {
        JarEntry entry = jar.getJarEntry(HIDDEN.concat(classes));
        if (entry == null) {
            throw new IllegalStateException(
                    HIDDEN.concat(classes) + " is missing from the agent jar; use memlock-agent.jar as it was built");
        }
        return entry;
    }

    /** The highest byte comes first. */
    private static int number(byte[] bytes, int at, int length) {
        int number = 0;
        for (int i = at; i < at + length; i++) {
            number = (number << Byte.SIZE) + (bytes[i] & 0xff);
        }
        return number;
    }

    /** The agent's, whatever a security manager grants the application. */
    private static Permissions permissions() {
        if (Runtime.version().feature() >= Privileged.FIRST_RELEASE_WITHOUT) {
            return null;
        }
        Permissions all = new Permissions();
        all.add(new AllPermission());
        return all;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith("java.")) {
            return super.loadClass(name, resolve);
        }
        if (name.startsWith(SHARED)) {
            return Class.forName(name, false, IsolatedLoader.class.getClassLoader());
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            String type = name.replace('.', '/');
            byte[] bytes = file(type);
            if (bytes != null) {
                Class<?> defined = define(name, bytes);
                held.remove(type);
                return defined;
            }
            return super.loadClass(name, resolve);
        }
    }

    /** Returns the class file of one of ours, or a resource beside them; null if there is none. */
    private byte[] file(String name) {
        byte[] bytes = held.get(name);
        if (bytes != null) {
            return bytes;
        }
        if (name.startsWith("io/memlock/")) {
            bytes = file(REGION, name);
            bytes = bytes == null ? file(AGENT, name) : bytes;
            return bytes == null ? file(COMMAND, name) : bytes;
        }
        if (name.startsWith("net/bytebuddy/")) {
            return file(ASM, name);
        }
        return name.startsWith("picocli/") ? file(COMMAND, name) : null;
    }

    private byte[] file(String classes, String name) {
        hold(classes);
        return held.get(name);
    }

    private Class<?> define(String name, byte[] bytes) {
        Class<?> defined = defineClass(name, bytes, 0, bytes.length, domain);
        if (restNanos > 0 && rests(Thread.currentThread())) {
            LockSupport.parkNanos(restNanos);
        }
        return defined;
    }

    private boolean rests(Thread thread) {
        return thread == creator || (thread instanceof AgentThread ours && ours.isGentle());
    }

    /** Called by the JVM for a class in a named module of ours: the one JNA lives in from JDK 24 on. */
    @Override
    protected Class<?> findClass(String module, String name) {
        try {
            return loadClass(name, false);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    @Override
    public InputStream getResourceAsStream(String name) {
        byte[] known = file(name);
        byte[] bytes = known == null ? readJar(name) : known;
        return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
    }

    private byte[] readJar(String name) {
        JarEntry entry = jar.getJarEntry(HIDDEN.concat(name));
        if (entry == null) {
            return null;
        }
        try (InputStream in = jar.getInputStream(entry)) {
            return read(in, (int) entry.getSize());
        } catch (IOException e) {
            throw unreadable(entry, e);
        }
    }

    /**
     * Reads into the exact size: readAllBytes begins with 16 KiB a class, 3 MiB of garbage before main. A length from a jar
     * that was replaced is no reason to ask for memory: a heap that cannot give it may end the JVM.
     */
    private static byte[] read(InputStream in, int length) throws IOException {
        if (length < 0 || length > in.available()) {
            throw new IOException("it ends too early");
        }
        byte[] bytes = new byte[length];
        if (in.readNBytes(bytes, 0, length) < length) {
            throw new IOException("it ends too early");
        }
        return bytes;
    }

    private static IllegalStateException unreadable(JarEntry entry, Exception cause) {
        return new IllegalStateException("cannot read " + entry + " from the agent jar: was it replaced?", cause);
    }
}
