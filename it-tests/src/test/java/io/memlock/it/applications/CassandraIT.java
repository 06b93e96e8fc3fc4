// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.SwapFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Cassandra node, which maps its tables; its own client writes and reads rows. */
@Tag("applications")
class CassandraIT {

    /** The only one that both it and the agent run on. */
    private static final int JDK = 17;

    private static final long CONTAINER_BYTES = 3L << 30;
    private static final int SWAP_MIB = 512;
    private static final int ROWS = 3_000;
    private static final int ROW_BYTES = 64 << 10;

    private final PublishedApplication cassandra = new PublishedApplication("cassandra");
    private final int port = PublishedApplication.freePort();
    private final Random random = new Random(1);

    @Test
    void servesRowsAlsoWhenItsContainerBecomesSmall() throws IOException {
        Jdk jdk = Machine.requireJdkOf(JDK);
        try (SwapFile swap = SwapFile.add(SWAP_MIB);
                DataDirectory data = DataDirectory.create("cassandra");
                MemoryCgroup container = MemoryCgroup.withLimit(CONTAINER_BYTES);
                ForkedJvm node = node(jdk, data, container)) {
            node.awaitErrorLine("[memlock] locked");
            PublishedApplication.awaitListening(port);
            try (ForkedJvm client = client(jdk, data)) {
                write(client);
                read(client);
                data.assertOnlyDataIsUnlocked(node, swap);
                DataDirectory.assertSaysNothingUntrue(node);

                PublishedApplication.makeSmall(container, node);
                read(client);
                data.assertOnlyDataIsUnlocked(node, swap);
                DataDirectory.assertBlamesNobody(node);
            }
        }
    }

    private ForkedJvm node(Jdk jdk, DataDirectory data, MemoryCgroup container) throws IOException {
        Files.writeString(
                configuration(data),
                """
                cluster_name: memlock
                num_tokens: 1
                partitioner: org.apache.cassandra.dht.Murmur3Partitioner
                endpoint_snitch: SimpleSnitch
                seed_provider:
                  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
                    parameters:
                      - seeds: "127.0.0.1:%d"
                listen_address: 127.0.0.1
                rpc_address: 127.0.0.1
                storage_port: %1$d
                native_transport_port: %d
                commitlog_sync: periodic
                commitlog_sync_period: 10000ms
                disk_access_mode: mmap
                """
                        .formatted(PublishedApplication.freePort(), port));
        return jvm(jdk, data)
                .wrapper(container.wrapper())
                .flags("-javaagent:" + cassandra.jar("jamm-"))
                .agent("")
                .flags("-Xms256m", "-Xmx256m", "-Dcassandra-foreground=yes")
                .flags("-Dcassandra.jmx.local.port=" + PublishedApplication.freePort())
                .main("org.apache.cassandra.service.CassandraDaemon")
                .start();
    }

    private ForkedJvm client(Jdk jdk, DataDirectory data) {
        ForkedJvm client = jvm(jdk, data)
                .flags("-Xmx256m")
                .main("org.apache.cassandra.transport.Client", "127.0.0.1", Integer.toString(port), "5")
                .start();
        request(client, "STARTUP");
        return client;
    }

    /** With what it needs of the JDK on 17: conf/jvm17-server.options has it. */
    private ForkedJvm.Builder jvm(Jdk jdk, DataDirectory data) {
        return cassandra
                .on(jdk)
                .flags(
                        "@" + AgentJar.testClasses().resolve("cassandra-jvm17.options"),
                        "-Dcassandra.config=" + configuration(data).toUri(),
                        "-Dcassandra.storagedir=" + data.path(),
                        "-Dlogback.configurationFile=" + AgentJar.testClasses().resolve("cassandra-logback.xml"));
    }

    private static Path configuration(DataDirectory data) {
        return data.path().resolve("cassandra.yaml");
    }

    private void write(ForkedJvm client) {
        request(
                client,
                "QUERY CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        request(client, "QUERY CREATE TABLE k.t (id int PRIMARY KEY, v blob) WITH compression = {'enabled': false}");
        byte[] value = new byte[ROW_BYTES];
        for (int id = 0; id < ROWS; id++) {
            random.nextBytes(value);
            String blob = "0x" + HexFormat.of().formatHex(value);
            request(client, "QUERY INSERT INTO k.t (id, v) VALUES (" + id + ", " + blob + ")");
        }
    }

    /** The node reads the whole of a row; the client is sent its number. */
    private static void read(ForkedJvm client) {
        for (int id = 0; id < ROWS; id++) {
            request(client, "QUERY SELECT id FROM k.t WHERE id = " + id);
            assertThat(client.awaitLine(" | ")).isEqualTo(" | " + id);
        }
    }

    private static void request(ForkedJvm client, String request) {
        client.send(request);
        assertThat(client.awaitLine(">> ")).as(request).startsWith(">> -> ");
    }
}
