// SPDX-License-Identifier: Apache-2.0
package io.memlock.jna;

/**
 * Stands in for the system properties in the bundled JNA, so that it initialises without a trace. The properties by which
 * JNA is set up have fixed values here, because the real ones are the application's: its own copy of JNA reads them, at the
 * same moment perhaps. The others are the JVM's.
 */
public final class JnaProperties {

    private JnaProperties() {}

    /** Returns a fixed value for a property of JNA, whatever the application has set; for any other name, the property. */
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

    /** Returns what {@link #getProperty(String)} does, or {@code otherwise} if that is null. */
    public static String getProperty(String name, String otherwise) {
        String value = getProperty(name);
        return value == null ? otherwise : value;
    }

    /** Sets nothing. JNA tells by two properties that it is loaded, and from where. */
    public static String setProperty(String name, String value) {
        return null;
    }

    /** Returns whether {@link #getProperty(String)} is {@code true}. */
    public static boolean getBoolean(String name) {
        return Boolean.parseBoolean(getProperty(name));
    }
}
