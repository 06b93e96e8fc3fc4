// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.lang.invoke.MethodHandle;

/**
 * Connects {@code io.memlock.api} to the agent. Every copy of the API, from whichever class loader, looks for this
 * class by its name in the system class loader. Every version of the API must work with every version of this class.
 */
public final class RangeLocks {

    /**
     * Can be called by whoever finds it, and no more: a bound handle tells nobody what it is bound to, so that it does not
     * lead to our loader. All types in its signature are of the JDK.
     */
    private static volatile MethodHandle published;

    private RangeLocks() {}

    /**
     * Finds the running agent's way to lock ranges.
     *
     * <p>Its type is {@code (String operation, long first, long second, boolean onFault, boolean hidden, ByteBuffer
     * buffer)Object}, and nothing of ours is thrown by it. The operations are
     *
     * <ul>
     *   <li>{@code lock}: locks the pages of a direct buffer, or if that is null of {@code second} bytes from the address
     *       {@code first} on, populated or {@code onFault}, and if {@code hidden} not in core dumps. Answers a {@code
     *       long[]} with a number for the lock, the address and the bytes asked for, and those of the whole pages; or a
     *       {@code String}, which says why nothing was done.
     *   <li>{@code unlock}: ends the lock with the number {@code first}, and does nothing if there is none. Answers null, or
     *       a {@code String}, which says why that could not be done. Then, and where it throws an {@code OutOfMemoryError},
     *       the lock counts as held, though some of it may be unlocked already.
     *   <li>{@code lockedBytes}: answers a {@code Long} with the bytes of the pages of the lock with the number {@code
     *       first} that are locked now, or a {@code String}, which says why that cannot be told.
     * </ul>
     *
     * @return null as long as no agent runs that can lock
     */
    public static MethodHandle find() {
        if (published == null) {
            Launcher.askForRangeLocks();
        }
        return published;
    }

    /** Sets what {@link #find} finds; null for nothing. */
    static void publish(MethodHandle locks) {
        published = locks;
    }
}
