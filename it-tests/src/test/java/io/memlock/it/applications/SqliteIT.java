// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import io.memlock.it.apps.SqliteApp;
import io.memlock.it.harness.AgentJar;
import org.sqlite.JDBC;

/** SQLite with a database larger than its container, whose files native code maps: the keeper alone sees them. */
class SqliteIT extends LargeStoreTests {

    SqliteIT() {
        super(new LargeStore(SqliteApp.class, AgentJar.testClasses(), AgentJar.codeOf(JDBC.class)));
    }
}
