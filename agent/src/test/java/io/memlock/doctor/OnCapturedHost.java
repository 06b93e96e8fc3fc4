// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests that change a captured machine, each its own. */
abstract class OnCapturedHost {

    @TempDir
    Path root;

    CapturedHost host;

    @BeforeEach
    void capture() {
        host = new CapturedHost(root);
    }
}
