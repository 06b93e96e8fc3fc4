// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import io.memlock.tracking.AllocatingClasses.Sample;
import java.lang.StackWalker.StackFrame;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Finds the allocating class of some allocations outside the heap, chosen at random: an allocation of {@code n} bytes
 * with the probability {@code n / INTERVAL}, and each of {@link #INTERVAL} bytes or more. A sample is weighted by the
 * inverse of its probability, so estimates are right on average whatever the sizes and their pattern. The draw needs no
 * state that threads would share.
 */
final class OffHeapSampler {

    /** The mean distance of two samples in bytes, a power of two: what HotSpot's heap sampler and tcmalloc have. */
    static final long INTERVAL = 512 << 10;

    /** So many frames of the JDK are passed on the way to the allocating class. */
    private static final int DEPTH = 64;

    /** The row of what has no other classes within so many frames. */
    private static final String JDK_ONLY = "(the JDK alone)";

    private final AllocatingClasses classes = new AllocatingClasses(INTERVAL);
    private final LongSupplier random;
    private final Supplier<String> allocator;

    /**
     * Creates one that walks the stack. It walks it once here, so that no class is left to be loaded in an allocation, where
     * other locks may be held and the stack may be short.
     */
    OffHeapSampler() {
        this(() -> ThreadLocalRandom.current().nextLong(), new Walk());
        for (LongFunction<Sample> kind : List.of(directBuffers(), segments())) {
            Sample sample = kind.apply(INTERVAL);
            sample.call();
            sample.run();
        }
    }

    /**
     * Creates one for tests.
     *
     * @param random gives bits that are evenly distributed
     * @param allocator tells the allocating class; null if it is not to be sampled
     */
    OffHeapSampler(LongSupplier random, Supplier<String> allocator) {
        this.random = random;
        this.allocator = allocator;
    }

    /** Returns what makes a sample of the allocation of a direct buffer, which does not count yet; or null. */
    LongFunction<Sample> directBuffers() {
        return bytes -> sample(AllocatingClasses.DIRECT_BUFFER, bytes);
    }

    /** Returns what makes a sample of the allocation of a native segment, which counts; or null. */
    LongFunction<Sample> segments() {
        return bytes -> {
            Sample sample = sample(AllocatingClasses.SEGMENT, bytes);
            return sample == null ? null : sample.call();
        };
    }

    private Sample sample(int kind, long bytes) {
        if ((random.getAsLong() & (INTERVAL - 1)) >= bytes) {
            return null;
        }
        String name = allocator.get();
        return name == null ? null : classes.new Sample(kind, name, bytes);
    }

    /**
     * Returns the rows, the one with the most bytes first.
     *
     * @param withBuffers whether direct buffers are offered to it; their numbers are unknown otherwise
     * @param withSegments whether native segments are
     */
    List<AllocatingClass> classes(boolean withBuffers, boolean withSegments) {
        return classes.list(withBuffers, withSegments);
    }

    /** Returns the name of a class without the suffix of a hidden one, of which there may be any number. */
    static String nameOf(Class<?> type) {
        String name = type.getName();
        int suffix = name.indexOf('/');
        return suffix < 0 ? name : name.substring(0, suffix);
    }

    /** Finds the first class on the stack that is not the JDK's. Frames of reflection and method handles are not shown to it. */
    private static final class Walk implements Supplier<String> {

        private final StackWalker walker = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
        private final Set<Module> jdk = new HashSet<>();

        /** Set while a thread walks: what that allocates is not sampled. */
        private final ThreadLocal<Boolean> isWalking = new ThreadLocal<>();

        Walk() {
            ClassLoader platform = ClassLoader.getPlatformClassLoader();
            for (Module module : ModuleLayer.boot().modules()) {
                ClassLoader loader = module.getClassLoader();
                if (loader == null || loader == platform) {
                    jdk.add(module);
                }
            }
        }

        @Override
        public String get() {
            if (isWalking.get() != null) {
                return null;
            }
            isWalking.set(true);
            try {
                return walker.walk(frames -> frames.limit(DEPTH)
                        .map(StackFrame::getDeclaringClass)
                        .filter(this::isAllocating)
                        .findFirst()
                        .map(OffHeapSampler::nameOf)
                        .orElse(JDK_ONLY));
            } finally {
                isWalking.remove();
            }
        }

        private boolean isAllocating(Class<?> type) {
            return type != Walk.class && type != OffHeapSampler.class && !jdk.contains(type.getModule());
        }
    }
}
