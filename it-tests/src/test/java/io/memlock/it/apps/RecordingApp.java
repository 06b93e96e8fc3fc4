// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.io.IOException;
import java.nio.file.Path;
import jdk.jfr.Recording;

/** Records itself: {@code record} begins, {@code dump PATH} writes what there is so far. */
public final class RecordingApp {

    private final Recording recording = new Recording();

    private RecordingApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        RecordingApp app = new RecordingApp();
        CommandLoop.run(app::handle);
    }

    private String handle(String command, String[] arguments) throws IOException {
        if (command.equals("record")) {
            recording.start();
        } else {
            recording.dump(Path.of(arguments[0]));
        }
        return "";
    }
}
