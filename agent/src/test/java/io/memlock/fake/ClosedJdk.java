// SPDX-License-Identifier: Apache-2.0
package io.memlock.fake;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/** A JVM that lets nobody into its packages, and remembers who asked for what. */
public final class ClosedJdk {

    private final List<Object[]> asked = new ArrayList<>();

    /** What its answer is; null while it answers nothing. */
    public Error failure;

    /** Returns what an agent asks it by. */
    public Instrumentation instrumentation() {
        return (Instrumentation) Proxy.newProxyInstance(
                Instrumentation.class.getClassLoader(),
                new Class<?>[] {Instrumentation.class},
                (proxy, method, arguments) -> {
                    asked.add(arguments);
                    if (failure != null) {
                        throw failure;
                    }
                    return null;
                });
    }

    /** Returns the arguments of each question. */
    public List<Object[]> asked() {
        return asked;
    }
}
