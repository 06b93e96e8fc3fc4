// SPDX-License-Identifier: Apache-2.0
package io.memlock.jna;

/** Loads JNA's native library on behalf of JNA. */
public final class DispatchLibrary {

    private DispatchLibrary() {}

    /**
     * Loads the library for this class's loader, which is JNA's too. It is done here rather than in the package that calls it
     * because {@code System.load} is restricted from JDK 24 on, and only JNA's module is granted native access.
     *
     * @param path absolute path of {@code libjnidispatch.so}
     * @throws UnsatisfiedLinkError if the file cannot be mapped, as on a file system mounted {@code noexec}
     */
    public static void load(String path) {
        System.load(path);
    }

    /**
     * Stands in for {@code System.load} in the bundled JNA: the library is there already, and loading it once more by a name
     * would be loading whatever has that name now.
     *
     * @param path of a file JNA has found
     */
    public static void isLoaded(String path) {}
}
