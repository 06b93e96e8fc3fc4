// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Uses memory as told: {@code grow MB} (live heap), {@code shrink}, {@code collect}, {@code threads N}, {@code classes N}, {@code direct
 * MB}, {@code mapfile PATH}, {@code exec}, {@code exit}.
 */
public final class HeapApp {

    private static final int MEGABYTE = 1 << 20;
    private static final int ARRAY_BYTES = 1024;
    private static final int PAGE_BYTES = 4096;
    private static final int COLLECTIONS = 6;

    private final ArrayList<byte[]> live = new ArrayList<>();
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private final List<Class<?>> classes = new ArrayList<>();
    private int threads;

    HeapApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        HeapApp app = new HeapApp();
        CommandLoop.run(app::handle);
    }

    String handle(String command, String[] arguments) throws Exception {
        switch (command) {
            case "grow" -> grow(Integer.parseInt(arguments[0]));
            case "shrink" -> shrink();
            case "collect" -> collectFully();
            case "threads" -> startThreads(Integer.parseInt(arguments[0]));
            case "classes" -> defineClasses(Integer.parseInt(arguments[0]));
            case "direct" -> allocateDirect(Integer.parseInt(arguments[0]));
            case "mapfile" -> mapFile(Path.of(arguments[0]));
            case "property" -> System.setProperty(arguments[0], arguments[1]);
            case "exec" -> new ProcessBuilder("true").start().waitFor();
            default -> throw CommandLoop.unknown(command);
        }
        return command + " " + live.size() / (MEGABYTE / ARRAY_BYTES) + " " + threads + " " + classes.size();
    }

    /** Adds small arrays until so much is live; they spread over the whole heap, as an application's objects do. */
    private void grow(int megabytes) {
        while (live.size() < megabytes * (MEGABYTE / ARRAY_BYTES)) {
            live.add(new byte[ARRAY_BYTES - 16]);
        }
        collectFully();
    }

    /** Several times: Serial and Parallel give memory back to the system step by step. */
    private static void collectFully() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
    }

    private void shrink() {
        live.clear();
        live.trimToSize();
        collectFully();
    }

    private void startThreads(int count) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(() -> sleep(started), "sleeper-" + threads++);
            thread.setDaemon(true);
            thread.start();
        }
        started.await();
    }

    private static void sleep(CountDownLatch started) {
        started.countDown();
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void defineClasses(int count) throws IOException, ClassNotFoundException {
        classes.addAll(newClasses(count));
    }

    /** Defines classes, each in a loader of its own. */
    static List<Class<?>> newClasses(int count) throws IOException, ClassNotFoundException {
        String name = Template.class.getName();
        byte[] bytes;
        try (InputStream in = HeapApp.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
            bytes = in.readAllBytes();
        }
        List<Class<?>> classes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            classes.add(Class.forName(name, true, new CopyLoader(name, bytes)));
        }
        return classes;
    }

    private void allocateDirect(int megabytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(megabytes * MEGABYTE);
        for (int i = 0; i < buffer.capacity(); i += PAGE_BYTES) {
            buffer.put(i, (byte) 1);
        }
        buffers.add(buffer);
    }

    private void mapFile(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            MappedByteBuffer buffer = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
            for (int i = 0; i < buffer.capacity(); i += PAGE_BYTES) {
                buffer.get(i);
            }
            buffers.add(buffer);
        }
    }

    /** What {@code classes} defines again and again. */
    static final class Template {

        private final List<String> words = new ArrayList<>();

        void add(String word) {
            words.add(word + words.size());
        }
    }

    private static final class CopyLoader extends ClassLoader {

        private final String name;
        private final byte[] bytes;

        CopyLoader(String name, byte[] bytes) {
            super(HeapApp.class.getClassLoader());
            this.name = name;
            this.bytes = bytes;
        }

        @Override
        protected Class<?> loadClass(String wanted, boolean resolve) throws ClassNotFoundException {
            return wanted.equals(name) ? defineClass(name, bytes, 0, bytes.length) : super.loadClass(wanted, resolve);
        }
    }
}
