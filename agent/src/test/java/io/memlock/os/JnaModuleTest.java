// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

class JnaModuleTest {

    @Test
    void theDocumentedWayWorksWhereTheJdksOwnIsGone() throws Exception {
        URL[] classes = {new File("target/classes").toURI().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
            Method define = loader.loadClass("io.memlock.os.JnaModule").getDeclaredMethod("defineInLayer");
            define.setAccessible(true);

            Module module = (Module) define.invoke(null);

            assertThat(module.getName()).isEqualTo("com.sun.jna");
            assertThat(loader.loadClass("io.memlock.jna.DispatchLibrary").getModule())
                    .as("what calls System.load")
                    .isSameAs(module);
            assertThat(loader.loadClass("io.memlock.os.LibC").getModule().isNamed())
                    .as("our own classes")
                    .isFalse();
        }
    }

    @Test
    void isFoundWhereAnEarlierStartDefinedIt() throws Exception {
        URL[] classes = {new File("target/classes").toURI().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = loader.loadClass("io.memlock.os.JnaModule");
            Method again = type.getDeclaredMethod("defineInLayerOrFind");
            again.setAccessible(true);
            Object first = again.invoke(null);

            assertThat(again.invoke(null))
                    .isSameAs(first)
                    .isSameAs(loader.loadClass("io.memlock.jna.DispatchLibrary").getModule());
        }
    }
}
