// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

/** Tells which release of Java a version belongs to. */
public final class JavaRelease {

    /** The release the agent's classes are for: an older JVM cannot load them. */
    public static final int OLDEST_SUPPORTED = 17;

    /** What {@link #feature} returns of a text that is no version. */
    public static final int UNKNOWN = 0;

    private JavaRelease() {}

    /**
     * Returns the feature release of a version.
     *
     * @param version as in {@code java.version} or {@code java.specification.version}
     * @return 17 of {@code 17.0.15}, 8 of {@code 1.8.0_402}; {@link #UNKNOWN} of what is no version
     */
    public static int feature(String version) {
        String[] numbers = version.split("[._+-]", 3);
        try {
            int first = Integer.parseInt(numbers[0]);
            return first == 1 && numbers.length > 1 ? Integer.parseInt(numbers[1]) : first;
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }
}
