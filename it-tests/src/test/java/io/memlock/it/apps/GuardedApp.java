// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.io.FileInputStream;
import java.io.IOException;
import java.security.Permission;
import java.util.ArrayList;
import java.util.List;

/** Lives with a security manager: {@code guard} installs one, {@code open FILE} tries what it allows, {@code grow MB}. */
@SuppressWarnings("removal") // until JDK 24
public final class GuardedApp {

    private static final List<byte[]> LIVE = new ArrayList<>();

    private GuardedApp() {}

    /** Refuses everything but to start and end the application. */
    public static final class RefuseAll extends SecurityManager {

        @Override
        public void checkPermission(Permission permission) {
            for (StackTraceElement frame : new Throwable().getStackTrace()) {
                if (frame.getClassName().startsWith("io.memlock.bootstrap.")) {
                    throw new SecurityException("refused: " + permission.getName());
                }
            }
        }
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        CommandLoop.run((command, arguments) -> switch (command) {
            case "guard" -> {
                System.setSecurityManager(new SecurityManager());
                yield "";
            }
            case "open" -> open(arguments[0]);
            case "grow" -> {
                LIVE.add(new byte[Integer.parseInt(arguments[0]) << 20]);
                yield "";
            }
            default -> throw new IllegalArgumentException(command);
        });
    }

    private static String open(String file) throws IOException {
        try (FileInputStream in = new FileInputStream(file)) {
            return "read " + in.read();
        } catch (SecurityException e) {
            return "denied";
        }
    }
}
