// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.faults;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Lives a JVM's life, one stage a line of standard input: heap, threads, classes, libraries, direct buffers, child
 * processes. Says what it did; ends with status 3.
 */
public final class FaultApp {

    private static final List<Object> KEPT = new ArrayList<>();

    private FaultApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        System.out.println("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null && !line.equals("exit"); line = in.readLine()) {
            String[] words = line.split(" ", -1);
            int count = words.length > 1 ? Integer.parseInt(words[1]) : 0;
            switch (words[0]) {
                case "heap" -> heap(count);
                case "threads" -> threads(count);
                case "classes" -> classes(count);
                case "libraries" -> libraries();
                case "direct" -> KEPT.add(ByteBuffer.allocateDirect(count << 20));
                case "mappings" -> mappings(count);
                case "exec" ->
                    System.out.println("child ended with "
                            + new ProcessBuilder("true").start().waitFor());
                default -> throw new IOException(line);
            }
            System.out.println("done " + line);
        }
        System.exit(3);
    }

    private static void heap(int megabytes) {
        List<byte[]> live = new ArrayList<>();
        for (int i = 0; i < megabytes * 64; i++) {
            live.add(new byte[16 << 10]);
        }
        System.gc();
        KEPT.add(live);
    }

    private static void threads(int count) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(() -> {
                started.countDown();
                try {
                    Thread.sleep(Long.MAX_VALUE);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
        started.await();
    }

    /** A proxy class in each of so many loaders. */
    private static void classes(int count) {
        for (int i = 0; i < count; i++) {
            ClassLoader loader = new ClassLoader(FaultApp.class.getClassLoader()) {};
            KEPT.add(Proxy.newProxyInstance(loader, new Class<?>[] {Runnable.class}, (proxy, method, a) -> null));
        }
    }

    private static void libraries() {
        for (String name : new String[] {"prefs", "rmi", "instrument", "mlib_image", "javajpeg", "lcms"}) {
            try {
                System.loadLibrary(name);
            } catch (UnsatisfiedLinkError headlessJdk) {
                // The same with the agent and without.
            }
        }
    }

    /** Neighbours that the kernel cannot join: the same page of a file each time. */
    private static void mappings(int count) throws IOException {
        File java = new File(System.getProperty("java.home"), "release");
        try (FileChannel file = new FileInputStream(java).getChannel()) {
            List<MappedByteBuffer> buffers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                buffers.add(file.map(FileChannel.MapMode.READ_ONLY, 0, 1));
            }
            KEPT.add(buffers);
        }
    }
}
