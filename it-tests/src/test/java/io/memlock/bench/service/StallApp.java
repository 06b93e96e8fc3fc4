// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Maps and unmaps a few pages all the time, as allocation, thread creation and class loading do: what every thread of a
 * JVM has to wait for while its memory is being locked. The argument is the pause after each call, in microseconds; with 0
 * one call follows the other. With a second argument a call that takes long counts for each that it kept from being made,
 * too: that is what is felt, and it raises percentiles where other work on the machine holds the thread up. Each line of
 * input is answered with the worst since the last, in microseconds: {@code done max=…}.
 */
public final class StallApp {

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final long LENGTH = 16384;

    private final Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);

    /** From one call to the next where nothing holds them up; 0 if calls count for themselves alone. */
    private long intervalNanos;

    private StallApp() {}

    private static native Pointer mmap(Pointer address, long length, int prot, int flags, int fd, long offset);

    private static native int munmap(Pointer address, long length);

    /** Runs it. */
    public static void main(String[] args) throws IOException {
        Native.register(StallApp.class, NativeLibrary.getProcess());
        StallApp app = new StallApp();
        app.mapAndUnmap(2000);
        long pauseNanos = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(args[0]));
        if (args.length > 1) {
            app.expectInterval(pauseNanos);
        }
        Thread prober = new Thread(
                () -> {
                    while (true) {
                        app.mapAndUnmap(1);
                        if (pauseNanos > 0) {
                            LockSupport.parkNanos(pauseNanos);
                        }
                    }
                },
                "prober");
        prober.setDaemon(true);
        prober.start();
        app.worst();
        System.out.println("ready");
        byte[] line = new byte[64];
        while (System.in.read(line) > 0) {
            System.out.println(app.worst());
        }
    }

    private void mapAndUnmap(int times) {
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            Pointer memory = mmap(null, LENGTH, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
            memory.setByte(0, (byte) 1);
            munmap(memory, LENGTH);
            long nanos = System.nanoTime() - start;
            synchronized (this) {
                latencies.recordValueWithExpectedInterval(nanos, intervalNanos);
            }
        }
    }

    private synchronized void expectInterval(long pauseNanos) {
        intervalNanos = pauseNanos + latencies.getValueAtPercentile(50);
    }

    private synchronized String worst() {
        String text = "done max=" + latencies.getMaxValue() / 1e3 + " p99.9="
                + latencies.getValueAtPercentile(99.9) / 1e3 + " p99=" + latencies.getValueAtPercentile(99) / 1e3
                + " calls=" + latencies.getTotalCount();
        latencies.reset();
        return text;
    }
}
