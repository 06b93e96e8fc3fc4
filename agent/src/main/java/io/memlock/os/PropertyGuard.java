// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import java.util.ArrayList;
import java.util.List;

/**
 * Sets system properties for the time a library initialises, and puts every one of them back as it was found. System
 * properties are the application's: its own copy of the same library reads them too.
 */
final class PropertyGuard implements AutoCloseable {

    private final List<String> names = new ArrayList<>();
    private final List<String> found = new ArrayList<>();

    /**
     * Sets a property, or removes it.
     *
     * @param value null to remove it, or to have it put back only
     * @return this
     */
    PropertyGuard set(String name, String value) {
        names.add(name);
        found.add(System.getProperty(name));
        put(name, value);
        return this;
    }

    @Override
    public void close() {
        for (int i = names.size() - 1; i >= 0; i--) {
            put(names.get(i), found.get(i));
        }
    }

    private static void put(String name, String value) {
        if (value == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }
}
