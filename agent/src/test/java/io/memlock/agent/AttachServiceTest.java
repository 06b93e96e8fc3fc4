// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.bootstrap.StandardError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of an attach by somebody who reads no reply. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AttachServiceTest {

    @Test
    void saysWhatAFullHeapMeans() throws IOException {
        assertThat(lineAfter(new OutOfMemoryError("Java heap space")))
                .contains("attach: the agent found no room for its objects in this JVM (Java heap space)")
                .contains("larger heap (-Xmx)");
    }

    @Test
    void saysWhatIsWrongWithAClassAndNotItsNameAlone() throws IOException {
        assertThat(lineAfter(new NoClassDefFoundError("io/memlock/Any")))
                .contains("attach: java.lang.NoClassDefFoundError: io/memlock/Any");
    }

    @Test
    void saysWhatAnExceptionSays() throws IOException {
        assertThat(lineAfter(new IOException("no such file"))).endsWith("attach: no such file");
    }

    private static String lineAfter(Throwable failure) throws IOException {
        try (PipedInputStream read = new PipedInputStream();
                PrintStream stderr = new PrintStream(new PipedOutputStream(read), true, StandardCharsets.UTF_8);
                BufferedReader lines = new BufferedReader(new InputStreamReader(read, StandardCharsets.UTF_8))) {
            AttachService service = new AttachService(null, new StandardError(stderr), (request, progress) -> {
                throwIt(failure);
                return null;
            });
            service.take("mode=heap");
            return lines.readLine();
        }
    }

    private static void throwIt(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }
}
