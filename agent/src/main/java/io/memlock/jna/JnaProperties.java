// SPDX-License-Identifier: Apache-2.0
package io.memlock.jna;

/**
 * Stands in for the system properties in the bundled JNA, so that it initialises without a trace. The properties by which
 * JNA is set up have fixed values here, because the real ones are the application's: its own copy of JNA reads them, at the
 * same moment perhaps. The others are the JVM's.
 */
public final class JnaProperties {

    private JnaProperties() {}

    /** As in {@code System}. */
    public static String getProperty(String name) {
        if (!name.startsWith("jna.")) {
            return System.getProperty(name);
        }
        return switch (name) {
            // JNA wants to find a library: one that every JDK has. Ours is loaded, and the bundled JNA loads nothing.
            case "jna.boot.library.path" -> System.getProperty("java.home").concat("/lib");
            case "jna.boot.library.name" -> "jsig";
            case "jna.nounpack", "jna.noclasspath", "jna.nosys" -> "true";
            default -> null; // with "jna.protected" JNA would install a SIGSEGV handler
        };
    }

    /** As in {@code System}. */
    public static String getProperty(String name, String otherwise) {
        String value = getProperty(name);
        return value == null ? otherwise : value;
    }

    /** Sets nothing. JNA tells by two properties that it is loaded, and from where. */
    public static String setProperty(String name, String value) {
        return null;
    }

    /** As in {@code Boolean}. */
    public static boolean getBoolean(String name) {
        return Boolean.parseBoolean(getProperty(name));
    }
}
