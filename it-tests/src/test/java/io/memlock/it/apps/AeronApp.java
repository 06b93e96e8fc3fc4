// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A media driver with a publisher and a subscriber of one IPC stream. Its argument is the driver's directory.
 *
 * <p>{@code send N} publishes messages and receives them all.
 */
public final class AeronApp {

    private static final int STREAM = 1001;
    private static final int MESSAGE_BYTES = 1024;
    private static final int TERM_BYTES = 16 << 20;
    private static final int FRAGMENTS = 64;

    private final UnsafeBuffer message = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
    private final Publication publication;
    private final Subscription subscription;

    private AeronApp(Aeron aeron) {
        String channel = "aeron:ipc?term-length=" + TERM_BYTES;
        subscription = aeron.addSubscription(channel, STREAM);
        publication = aeron.addPublication(channel, STREAM);
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        MediaDriver.Context driver = new MediaDriver.Context()
                .aeronDirectoryName(args[0])
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .threadingMode(ThreadingMode.SHARED);
        try (MediaDriver running = MediaDriver.launch(driver);
                Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(running.aeronDirectoryName()))) {
            AeronApp app = new AeronApp(aeron);
            CommandLoop.run(app::handle);
        }
    }

    private String handle(String command, String[] arguments) throws Exception {
        if (!command.equals("send")) {
            throw CommandLoop.unknown(command);
        }
        return Long.toString(send(Long.parseLong(arguments[0])));
    }

    /** Until the subscription's image is there, an offer is refused: not connected. */
    private long send(long messages) {
        AtomicLong received = new AtomicLong();
        FragmentHandler handler = (buffer, offset, length, header) -> received.addAndGet(length);
        long sent = 0;
        while (received.get() < messages * MESSAGE_BYTES) {
            if (sent < messages && publication.offer(message) > 0) {
                sent++;
            }
            if (subscription.poll(handler, FRAGMENTS) == 0) {
                Thread.onSpinWait();
            }
        }
        return received.get();
    }
}
