// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PublisherTest {

    private static final long SECOND = 1_000_000_000L;

    /** Otherwise {@code check} would call a JVM unknown that is scanned for two seconds on a busy host. */
    @Test
    void aStateIsGoodUntilTheNextOneIsPublished() {
        assertThat(Publisher.goodUntilPublishedAgain(7 * SECOND, 0)).isEqualTo(8 * SECOND);
        assertThat(Publisher.goodUntilPublishedAgain(7 * SECOND, 2 * SECOND)).isEqualTo(10 * SECOND);
    }

    @Test
    void aStateThatDoesNotAgeIsAlwaysGood() {
        assertThat(Publisher.goodUntilPublishedAgain(Long.MAX_VALUE, SECOND)).isEqualTo(Long.MAX_VALUE);
    }
}
