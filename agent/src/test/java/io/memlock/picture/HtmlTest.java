// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text from other processes in a page. */
class HtmlTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tmp/<script>alert(1)</script>",
                "\" onload=\"alert(1)",
                "' onload='alert(1)",
                "</title></style><img src=x onerror=alert(1)>",
                "\u0000<\u202e\u001b[31m>"
            })
    void textIsInert(String hostile) {
        assertThat(new Html().text(hostile).toString()).doesNotContain("<", ">", "\"", "'", "\u001b", "\u202e");
    }

    /** Somebody pastes it into a shell. */
    @Test
    void aLineThatIsToBeTypedStaysAsItIs() {
        String command = "  sudo tee /etc/x" + " and  more".repeat(50);

        assertThat(new Html().line(command).toString()).isEqualTo(command);
        assertThat(new Html().line("<b>\u001b").toString()).isEqualTo("&lt;b&gt;\\u001b");
    }

    @Test
    void anAmpersandIsNoEntity() {
        assertThat(new Html().element("b", "&lt;").toString()).isEqualTo("<b>&amp;lt;</b>");
    }

    @Test
    void aLongTextIsCut() {
        assertThat(Html.escaped("x".repeat(4096))).hasSizeLessThan(400).endsWith("...");
    }
}
