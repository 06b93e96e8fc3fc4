// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemlockAgentTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                ";; false",
                "on-failure=exit;; true",
                "mode=heap,on-failure=exit,log=debug;; true",
                "mode=heap; ' mode=heap,on-failure=exit\n'; true",
                "on-failure=warn; on-failure=exit; false",
                "mapped=/a/{x,on-failure=exit,y};; false",
                "mapped=/a/{x,on-failure=warn,y}; on-failure=exit; true",
                "mapped=/a/{x,y},on-failure=exit;; true",
                "on-failure=exits;; false"
            })
    void readsTheOneOptionThatCountsWithoutTheParser(String argument, String variable, boolean isExit) {
        assertThat(MemlockAgent.isExitWanted(argument, variable)).isEqualTo(isExit);
    }

    /** As in a full heap. */
    @Test
    void anAgentThatRunsIsNotSaidNotToLockWhereARequestFails() throws Exception {
        Field running = Launcher.class.getDeclaredField("running");
        running.setAccessible(true);
        running.set(null, new PrintStream(OutputStream.nullOutputStream()) {
            @Override
            public void write(byte[] request, int offset, int length) {
                throw new OutOfMemoryError("thrown by the test");
            }
        });
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            MemlockAgent.agentmain("mode=heap", null);
            MemlockAgent.premain("on-failure=exit", null); // which would end this JVM
        } finally {
            System.setErr(before);
            running.set(null, null);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .hasSize(2)
                .allMatch(line -> line.contains(" WARN ")
                        && line.contains("the request was not taken; the agent goes on as before")
                        && line.contains("thrown by the test"));
    }
}
