// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import io.memlock.jna.DispatchLibrary;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Makes JNA a named module that alone may call native code. From JDK 24 on a call into native code prints a warning, or
 * fails under {@code --illegal-native-access=deny}, unless its module was granted access (JEP 472). All unnamed modules
 * share one grant, so JNA in an unnamed module could only be granted access together with the whole class path of the
 * application.
 */
final class JnaModule {

    private static final String NAME = "com.sun.jna";

    /** All its packages are exported: the callers are our classes in the unnamed module of the same loader. */
    private static final Set<String> PACKAGES = Set.of("com.sun.jna", "io.memlock.jna");

    private JnaModule() {}

    /**
     * Defines the module for this class's loader and grants it native access. Where the JDK has no such grant any more this
     * goes on without: the JVM prints its warning and the agent works.
     *
     * @param instrumentation the JVM's, which may open packages of {@code java.base} to us
     */
    static void define(Instrumentation instrumentation) {
        Set<Module> us = Set.of(JnaModule.class.getModule());
        // What is open is exported, too. To export it in the map for that costs a start 1 ms.
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of(),
                Map.of("java.lang", us, "jdk.internal.module", us),
                Set.of(),
                Map.of());
        Module module;
        try {
            module = defineDirectly();
        } catch (Throwable e) { // whatever a later JDK has changed
            module = defineInLayerOrFind();
        }
        try {
            grantNativeAccess(module);
        } catch (Throwable e) {
            // A later JDK without the method: its warning names the flag that helps.
        }
    }

    /**
     * Defines the module as the JDK does those of its dynamic proxies. Resolving a configuration first takes 10 ms
     * longer; calling by reflection rather than by method handle, 3 ms.
     */
    private static Module defineDirectly() throws Throwable {
        MethodHandle define = MethodHandles.lookup()
                .findStatic(
                        Class.forName("jdk.internal.module.Modules"),
                        "defineModule",
                        MethodType.methodType(Module.class, ClassLoader.class, ModuleDescriptor.class, URI.class));
        return (Module) define.invokeExact(JnaModule.class.getClassLoader(), OneModule.descriptor(), (URI) null);
    }

    private static void grantNativeAccess(Module module) throws Throwable {
        Method grant = Module.class.getDeclaredMethod("implAddEnableNativeAccess");
        grant.setAccessible(true);
        // Used as a reference: a call that drops the result makes the JDK generate code for that.
        Object same = MethodHandles.lookup().unreflect(grant).invoke(module);
        Objects.requireNonNull(same);
    }

    /** Finds the module where an earlier start of the agent got as far as this, and no further. */
    private static Module defineInLayerOrFind() {
        try {
            return defineInLayer();
        } catch (LayerInstantiationException | IllegalStateException isDefined) {
            Module module = DispatchLibrary.class.getModule();
            if (module.isNamed()) {
                return module;
            }
            throw isDefined;
        }
    }

    /** Defines the module as the documentation has it. */
    static Module defineInLayer() {
        ModuleLayer boot = ModuleLayer.boot();
        Configuration configuration = boot.configuration().resolve(new OneModule(), ModuleFinder.of(), Set.of(NAME));
        ClassLoader loader = JnaModule.class.getClassLoader();
        return ModuleLayer.defineModules(configuration, List.of(boot), name -> loader)
                .layer()
                .findModule(NAME)
                .orElseThrow();
    }

    /** Finds the one module; described here rather than read from a jar, which takes 15 ms longer. */
    private static final class OneModule implements ModuleFinder {

        private final ModuleReference reference = new Reference(descriptor());

        private static ModuleDescriptor descriptor() {
            ModuleDescriptor.Builder builder =
                    ModuleDescriptor.newOpenModule(NAME).packages(PACKAGES);
            for (String name : PACKAGES) {
                builder.exports(name);
            }
            return builder.build();
        }

        @Override
        public Optional<ModuleReference> find(String name) {
            return NAME.equals(name) ? Optional.of(reference) : Optional.empty();
        }

        @Override
        public Set<ModuleReference> findAll() {
            return Set.of(reference);
        }
    }

    private static final class Reference extends ModuleReference {

        Reference(ModuleDescriptor descriptor) {
            super(descriptor, URI.create("memlock:" + NAME));
        }

        @Override
        public ModuleReader open() throws IOException {
            throw new IOException("the classes of this module are read by its loader");
        }
    }
}
