// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The call that is put into the JDK's class. */
class MapHookTest {

    @Test
    void followsEachCallThatMaps() throws IOException {
        byte[] changed =
                new MapHook(null).changed(classFile("sun/nio/ch/UnixFileDispatcherImpl", "sun/nio/ch/FileChannelImpl"));

        List<String> calls = Calls.in(changed);
        assertThat(calls).contains("map0");
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).equals("map0")) {
                assertThat(calls.get(i + 1)).isEqualTo("mapped");
            }
        }
        assertThat(calls.stream().filter("mapped"::equals).count())
                .isEqualTo(calls.stream().filter("map0"::equals).count());
    }

    @Test
    void isNotPutIntoAClassThatMapsNothing() throws IOException {
        assertThat(new MapHook(null).changed(classFile("java/lang/Object"))).isNull();
    }

    @Test
    void leavesAllOtherClassesAlone() throws IOException {
        MapHook hook = new MapHook(null);

        byte[] classFile = classFile("java/lang/Object");
        assertThat(hook.transform(null, null, "java/lang/Object", Object.class, null, classFile))
                .isNull();
        assertThat(hook.transform(null, null, null, null, null, classFile)).isNull();
    }

    private static byte[] classFile(String... names) throws IOException {
        for (String name : names) {
            try (InputStream in = ClassLoader.getSystemResourceAsStream(name + ".class")) {
                if (in != null) {
                    return in.readAllBytes();
                }
            }
        }
        throw new IOException("none of " + List.of(names));
    }
}
