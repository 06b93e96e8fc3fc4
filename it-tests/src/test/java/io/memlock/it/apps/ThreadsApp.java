// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.util.stream.Collectors;

/** Answers {@code threads} with the live threads, each as name/daemon or name/user. */
public final class ThreadsApp {

    private ThreadsApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        CommandLoop.run((command, arguments) -> Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName() + "/" + (thread.isDaemon() ? "daemon" : "user"))
                .sorted()
                .collect(Collectors.joining(", ")));
    }
}
