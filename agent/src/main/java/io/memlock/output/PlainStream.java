// SPDX-License-Identifier: Apache-2.0
package io.memlock.output;

import io.memlock.log.PlainText;
import java.io.PrintStream;
import java.security.SecureRandom;

/**
 * Prints text so that a terminal does not obey it: no character in a name or message of another process moves the
 * cursor or colours the screen. Our own escape sequences begin with a mark that nobody else can know.
 */
public final class PlainStream extends PrintStream {

    private static final String ESCAPE = "\u001b";

    private final PrintStream target;
    private final String mark = "\0" + Long.toHexString(new SecureRandom().nextLong());
    private final String plainMark = PlainText.lines(mark);

    public PlainStream(PrintStream target) {
        super(target, true);
        this.target = target;
    }

    /** Stands for ESC, the first character of an escape sequence. */
    String escape() {
        return mark;
    }

    @Override
    public void print(String text) {
        target.print(harmless(text));
    }

    @Override
    public void println(String text) {
        target.println(harmless(text));
    }

    @Override
    public void print(Object object) {
        print(String.valueOf(object));
    }

    @Override
    public void println(Object object) {
        println(String.valueOf(object));
    }

    @Override
    public boolean checkError() {
        return target.checkError();
    }

    private String harmless(String text) {
        return PlainText.lines(String.valueOf(text)).replace(plainMark, ESCAPE);
    }
}
