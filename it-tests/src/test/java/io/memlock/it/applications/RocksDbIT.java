// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import io.memlock.it.apps.RocksDbApp;
import io.memlock.it.harness.AgentJar;
import org.rocksdb.RocksDB;

/** RocksDB with a database larger than its container, whose files native code maps: the keeper alone sees them. */
class RocksDbIT extends LargeStoreTests {

    RocksDbIT() {
        super(new LargeStore(RocksDbApp.class, AgentJar.testClasses(), AgentJar.codeOf(RocksDB.class)));
    }
}
