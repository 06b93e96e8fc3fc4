// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.owasp.encoder.Encode;

/** The built jar among the bundles of Mission Control: its classes are found with another loader than that of a class path. */
class BundleIT {

    private static final long PATIENCE_MILLIS = 60_000;

    @TempDir
    Path directory;

    @Test
    void missionControlFindsTheRuleInTheJar() throws Exception {
        Framework framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(Map.of(Constants.FRAMEWORK_STORAGE, directory.toString()));
        framework.start();
        try {
            install(framework, new File(System.getProperty("memlock.jmc.jar")).toURI());
            for (Class<?> each : List.of(Encode.class, LZ4Factory.class, UnitLookup.class, JfrLoaderToolkit.class)) {
                install(framework, jarOf(each));
            }
            Bundle host = install(framework, jarOf(RuleRegistry.class));

            Object rules = host.loadClass(RuleRegistry.class.getName())
                    .getMethod("getRules")
                    .invoke(null);

            List<String> names = new ArrayList<>();
            ((Collection<?>) rules).forEach(rule -> names.add(rule.getClass().getName()));
            assertThat(names).contains(MemoryLockRule.class.getName());
        } finally {
            framework.stop();
            framework.waitForStop(PATIENCE_MILLIS);
        }
    }

    private static Bundle install(Framework framework, URI jar) throws Exception {
        return framework.getBundleContext().installBundle(jar.toString());
    }

    private static URI jarOf(Class<?> type) throws Exception {
        return type.getProtectionDomain().getCodeSource().getLocation().toURI();
    }
}
