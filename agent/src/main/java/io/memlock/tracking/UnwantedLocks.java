// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import java.util.List;

/** Says which new mappings are locked against the selection. It is asked on the application's threads, at each mapping. */
public interface UnwantedLocks {

    /** Returns whether mappings of a region are born locked and must not stay so. */
    boolean isBornUnwanted(Region region);

    /** Returns which files stay locked although {@link Region#MAPPED} is born unwanted. */
    List<PathGlob> chosenFiles();
}
