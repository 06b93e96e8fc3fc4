// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.monitoring;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JMX from another host: with passwords, and by HTTP with Jolokia. */
class RemoteJmxIT {

    private static final int THREADS = 8;
    private static final Duration FLOOD = Duration.ofSeconds(3);

    @TempDir
    Path directory;

    @EachJdk
    void readsButDoesNotActWithAReadOnlyRole(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        int port = JmxClient.freePort();
        try (ForkedJvm jvm = start(jdk, port)) {
            try (JmxClient reader = JmxClient.connect(port, "monitor", "m0n").awaitMemoryLock()) {
                assertThat(reader.get("State")).isEqualTo("LOCKED");
                assertThat(reader.ofRegion("heap", "Selected")).containsEntry("Selected", true);
                for (String operation : new String[] {"refresh", "unlock", "diagnose"}) {
                    assertThatThrownBy(() -> reader.invoke(operation))
                            .as(operation)
                            .isInstanceOf(SecurityException.class);
                }
                assertThatThrownBy(() -> reader.invoke("lock", "mode=none")).isInstanceOf(SecurityException.class);
                assertThat(reader.get("State")).isEqualTo("LOCKED");
            }
            assertThat(jvm.isAlive()).isTrue();
            assertThatThrownBy(() -> JmxClient.connect(port, "monitor", "wrong"))
                    .isInstanceOf(SecurityException.class);
        }
    }

    /** Each scan makes the age of the numbers begin anew. */
    @Test
    void scansAtMostOnceASecondHoweverManyAskForIt() throws Exception {
        Machine.requireUnlimitedLocking();
        int port = JmxClient.freePort();
        try (ForkedJvm jvm = start(Jdk.current(), port);
                JmxClient client = JmxClient.connect(port, "control", "c0n").awaitMemoryLock()) {
            eventually(() -> assertThat(client.getLong("LockedBytes")).isPositive());
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            try {
                long begin = System.nanoTime();
                long end = begin + FLOOD.toNanos();
                List<Future<Integer>> floods = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    floods.add(threads.submit(() -> refreshUntil(end, client)));
                }
                int scans = 0;
                long last = 0;
                while (System.nanoTime() < end) {
                    long age = client.getLong("LockedBytesAgeMillis");
                    if (age < last) {
                        scans++;
                    }
                    last = age;
                }
                int calls = 0;
                for (Future<Integer> flood : floods) {
                    calls += flood.get();
                }
                long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
                System.out.printf("%d calls of refresh(), %d scans in %d s%n", calls, scans, seconds);
                assertThat(calls).isGreaterThan(20 * THREADS);
                assertThat((long) scans).isLessThanOrEqualTo(seconds + 2);
            } finally {
                threads.shutdownNow();
            }
            assertThat(jvm.isAlive()).isTrue();
        }
    }

    private static int refreshUntil(long end, JmxClient client) throws Exception {
        int calls = 0;
        while (System.nanoTime() < end) {
            client.invoke("refresh");
            calls++;
        }
        return calls;
    }

    private ForkedJvm start(Jdk jdk, int port) throws Exception {
        Path passwords = directory.resolve("jmxremote.password");
        Files.writeString(passwords, "monitor m0n\ncontrol c0n\n");
        Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-------"));
        Path access = directory.resolve("jmxremote.access");
        Files.writeString(access, "monitor readonly\ncontrol readwrite\n");
        ForkedJvm jvm = Monitoring.app(jdk, "mode=all")
                .flags(JmxClient.remoteFlags(port))
                .flags(
                        "-Dcom.sun.management.jmxremote.authenticate=true",
                        "-Dcom.sun.management.jmxremote.password.file=" + passwords,
                        "-Dcom.sun.management.jmxremote.access.file=" + access)
                .start();
        jvm.awaitLine("ready");
        return jvm;
    }

    @EachJdk
    void isReadByJolokia(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        int port = JmxClient.freePort();
        try (ForkedJvm jvm = Monitoring.app(jdk, "mode=all")
                .flags("-javaagent:" + Monitoring.agent("jolokia.jar") + "=host=127.0.0.1,port=" + port)
                .start()) {
            jvm.awaitLine("ready");
            String address = "http://127.0.0.1:" + port + "/jolokia/read/io.memlock:type=";
            eventually(() -> {
                JsonNode lock = value(address + "MemoryLock");
                assertThat(lock.path("State").asText()).isEqualTo("LOCKED");
                assertThat(lock.path("Coverage").asDouble()).isEqualTo(1);
                assertThat(lock.path("States").path("LOCKED").asInt()).isEqualTo(1);
                JsonNode regions = value(address + "Region,name=*");
                assertThat(regions.size()).isEqualTo(lock.path("Regions").size());
                assertThat(regions.path("io.memlock:type=Region,name=heap")
                                .path("LockedBytes")
                                .asLong())
                        .isPositive();
            });
        }
    }

    private static JsonNode value(String address) throws Exception {
        return new ObjectMapper().readTree(Monitoring.read(address)).path("value");
    }
}
