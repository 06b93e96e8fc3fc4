// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import io.memlock.it.apps.SqliteApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Jdk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.JDBC;

/** SQLite with a database larger than its container, whose files native code maps: the keeper alone sees them. */
class SqliteIT {

    private final LargeStore database =
            new LargeStore(SqliteApp.class, AgentJar.testClasses(), AgentJar.codeOf(JDBC.class));

    @ParameterizedTest
    @MethodSource("io.memlock.it.harness.Jdk#all")
    void readsADatabaseLargerThanItsContainer(Jdk jdk) {
        database.assertIsReadInASmallContainer(jdk);
    }

    @Test
    void readsADatabaseWhereMappingsAreBornLocked() {
        database.assertIsReadWhereMappingsAreBornLocked(Jdk.newest());
    }
}
