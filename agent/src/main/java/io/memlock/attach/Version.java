// SPDX-License-Identifier: Apache-2.0
package io.memlock.attach;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The version of these classes, as the build wrote it beside them. */
public final class Version {

    private static final String KEY = "version=";

    private Version() {}

    /**
     * Returns the version.
     *
     * @return for example {@code 0.1.0}; {@code unknown} if the jar is not as it was built
     */
    public static String current() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                return "unknown";
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).trim();
            return text.startsWith(KEY) ? text.substring(KEY.length()) : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }
}
