// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.SwapFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** A Kafka broker in KRaft mode, which maps the indexes of its logs; its own tools write and read records. */
@Tag("applications")
class KafkaIT {

    private static final long CONTAINER_BYTES = 2L << 30;
    private static final int SWAP_MIB = 256;
    private static final int RECORDS = 20_000;
    private static final int RECORD_BYTES = 10 << 10;
    private static final String TOPIC = "records";

    private final PublishedApplication kafka = new PublishedApplication("kafka");
    private final int port = PublishedApplication.freePort();

    @EachJdk
    void servesRecordsAlsoWhenItsContainerBecomesSmall(Jdk jdk) throws IOException {
        try (SwapFile swap = SwapFile.add(SWAP_MIB);
                DataDirectory data = DataDirectory.create("kafka");
                MemoryCgroup container = MemoryCgroup.withLimit(CONTAINER_BYTES);
                ForkedJvm broker = broker(jdk, data, container)) {
            broker.awaitErrorLine("[memlock] locked");
            PublishedApplication.awaitListening(port);
            writeAndRead(jdk);
            data.assertOnlyDataIsUnlocked(broker, swap);
            DataDirectory.assertSaysNothingUntrue(broker);

            PublishedApplication.makeSmall(container, broker);
            writeAndRead(jdk);
            data.assertOnlyDataIsUnlocked(broker, swap);
            DataDirectory.assertBlamesNobody(broker);
        }
    }

    private ForkedJvm broker(Jdk jdk, DataDirectory data, MemoryCgroup container) throws IOException {
        Path logs = data.path().resolve("logs");
        Path properties = data.path().resolve("server.properties");
        Files.writeString(properties, properties(logs));
        tool(jdk, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties.toString());
        return kafka.on(jdk)
                .wrapper(container.wrapper())
                .agent("")
                .flags("-Xms192m", "-Xmx192m")
                .main("kafka.Kafka", properties.toString())
                .start();
    }

    private String properties(Path logs) {
        int controllerPort = PublishedApplication.freePort();
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%d
                listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                log.dirs=%s
                log.segment.bytes=16777216
                log.cleaner.dedupe.buffer.size=8388608
                num.partitions=4
                offsets.topic.replication.factor=1
                """
                .formatted(controllerPort, port, logs);
    }

    private void writeAndRead(Jdk jdk) {
        tool(
                jdk,
                "org.apache.kafka.tools.ProducerPerformance",
                "--topic",
                TOPIC,
                "--num-records",
                Integer.toString(RECORDS),
                "--record-size",
                Integer.toString(RECORD_BYTES),
                "--throughput",
                "-1",
                "--producer-props",
                server("bootstrap.servers="));
        String read = tool(
                jdk,
                "org.apache.kafka.tools.ConsumerPerformance",
                "--topic",
                TOPIC,
                "--num-records",
                Integer.toString(RECORDS),
                "--bootstrap-server",
                server(""));
        assertThat(recordsRead(read)).as("records in %s", read).isGreaterThanOrEqualTo(RECORDS);
    }

    /** Column {@code data.consumed.in.nMsg} of its last line. */
    private static int recordsRead(String table) {
        List<String> lines = table.lines().toList();
        return Integer.parseInt(lines.get(lines.size() - 1).split(", ", -1)[4]);
    }

    private String server(String before) {
        return before + "127.0.0.1:" + port;
    }

    private String tool(Jdk jdk, String main, String... arguments) {
        Outcome outcome =
                kafka.on(jdk).flags("-Xmx256m").main(main, arguments).run().succeeded();
        return outcome.stdout();
    }
}
