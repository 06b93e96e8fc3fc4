// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of HTML in headless Chromium, in a frame as wide as a phone. */
final class PageInBrowser {

    static final int PHONE_PIXELS = 360;

    /** A page around the page looks at it, opens all details and moves the focus to all that a keyboard should reach. */
    private static final String FRAME =
            """
            <!doctype html><iframe id=f src="%s" style="width:%dpx;height:800px;border:0"></iframe><pre id=out></pre><script>
            f.onload = () => {
              const d = f.contentDocument, style = f.contentWindow.getComputedStyle(d.body);
              d.querySelectorAll('details').forEach(e => e.open = true);
              out.textContent = 'seen' + JSON.stringify({
                title: d.title,
                width: d.documentElement.scrollWidth,
                background: style.backgroundColor,
                ink: style.color,
                isReached: [...d.querySelectorAll('.scroll,summary')].every(e => { e.focus(); return d.activeElement === e }),
                scripts: d.scripts.length,
                images: d.images.length,
                requests: f.contentWindow.performance.getEntriesByType('resource').length});
            };
            </script>
            """;

    private PageInBrowser() {}

    /** Shows the page, and returns what was seen of it. */
    static JsonNode show(Path page, boolean isDark) throws IOException {
        Machine.require(Machine.hasCommand("chromium"), "needs chromium, to see the page");
        Path directory = page.getParent();
        Path frame =
                Files.writeString(directory.resolve("frame.html"), FRAME.formatted(page.getFileName(), PHONE_PIXELS));
        String document = Commands.succeed(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-web-security", // so that one file may look into another
                "--allow-file-access-from-files",
                "--user-data-dir=" + directory.resolve("profile"),
                "--blink-settings=preferredColorScheme=" + (isDark ? 0 : 1),
                "--virtual-time-budget=5000",
                "--dump-dom",
                frame.toUri().toString());
        Matcher seen = Pattern.compile("<pre id=\"out\">seen(.*?)</pre>").matcher(document);
        if (!seen.find()) {
            throw new AssertionError("nothing was seen: " + document);
        }
        return new ObjectMapper()
                .readTree(
                        seen.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
    }
}
