// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import io.memlock.log.PlainText;

/** Writes HTML. Text becomes inert: it neither ends an element or attribute nor begins one. */
final class Html {

    /** The most characters of a text that another process chose. */
    private static final int LONGEST = 300;

    private final StringBuilder page = new StringBuilder();

    /** Adds markup of our own. */
    Html raw(String markup) {
        page.append(markup);
        return this;
    }

    /** Adds any text, which may come from another process. */
    Html text(String text) {
        page.append(escaped(text));
        return this;
    }

    /** Adds a line of a text that is to be read to its end, or to be typed: not cut, and with all its blanks. */
    Html line(String line) {
        page.append(inert(PlainText.lines(line)));
        return this;
    }

    /** Adds an element with nothing but text in it. */
    Html element(String name, String text) {
        return raw("<" + name + ">").text(text).raw("</" + name + ">");
    }

    Html number(String text) {
        return raw("<td class=n>").text(text).raw("</td>");
    }

    /** Opens a table that scrolls by itself where it is wider than the screen, by keyboard as well. */
    Html table(String label, String... columns) {
        raw("<div class=scroll tabindex=0 role=region aria-label=\"")
                .text(label)
                .raw("\"><table><caption>")
                .text(label)
                .raw("</caption><thead><tr>");
        for (String column : columns) {
            raw("<th scope=col>").text(column).raw("</th>");
        }
        return raw("</tr></thead><tbody>\n");
    }

    Html endTable() {
        return raw("</tbody></table></div>\n");
    }

    static String escaped(String text) {
        return inert(PlainText.of(text, LONGEST));
    }

    private static String inert(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
