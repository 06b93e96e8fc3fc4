// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.memory.Mapping;
import java.io.IOException;
import java.util.List;

/** Reads {@code maps} of this process. */
public interface Maps {

    /** Returns all mappings there are now, ascending. */
    List<Mapping> read() throws IOException;
}
