// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.PackedClasses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The built jar: what is in it, and what is not. */
class PackagingIT {

    private static final int ASM_API = Opcodes.ASM9;
    private static final Pattern CLASS_ENTRY = Pattern.compile("(.*)\\.class");
    private static final Pattern OURS = Pattern.compile("io/memlock/[a-z]+/[A-Z]");
    private static final long MAX_BYTES = 1_000_000;

    /** What stands beside the bundled JNA in place of classes of the JDK. */
    private static final List<String> STAND_INS = List.of(
            "io/memlock/jna/DispatchLibrary",
            "io/memlock/jna/JnaProperties",
            "io/memlock/jna/Level",
            "io/memlock/jna/Logger");

    private static JarFile jar;

    @BeforeAll
    static void openJar() throws IOException {
        jar = new JarFile(AgentJar.path().toFile());
    }

    @AfterAll
    static void closeJar() throws IOException {
        jar.close();
    }

    @Test
    void manifestNamesTheEntryPointsAndTheVersion() throws IOException {
        Manifest manifest = jar.getManifest();
        Attributes attributes = manifest.getMainAttributes();

        assertThat(attributes.getValue("Premain-Class")).isEqualTo("io.memlock.bootstrap.MemlockAgent");
        assertThat(attributes.getValue("Agent-Class")).isEqualTo("io.memlock.bootstrap.MemlockAgent");
        assertThat(attributes.getValue("Main-Class")).isEqualTo("io.memlock.bootstrap.MemlockCommand");
        assertThat(attributes.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
        assertThat(attributes.getValue("Implementation-Version"))
                .isEqualTo(System.getProperty("memlock.agent.version"));
        // Would put the whole jar on the boot class path, in front of every application.
        assertThat(attributes.getValue("Boot-Class-Path")).isNull();
    }

    @Test
    void showsTheApplicationNothingButTheBootstrapAndTheApi() {
        assertThat(files())
                .allMatch(name -> name.startsWith("io/memlock/bootstrap/")
                        || name.startsWith("io/memlock/api/")
                        || name.startsWith("META-INF/")
                        || name.startsWith("inst/"));
        assertThat(files().stream().filter(name -> name.endsWith(".class")))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("io/memlock/bootstrap/") || name.startsWith("io/memlock/api/"));
        assertThat(files().stream().filter(name -> name.startsWith("META-INF/services/")))
                .isEmpty();
    }

    @Test
    void carriesItsLicences() throws IOException {
        assertThat(read("META-INF/LICENSE")).asString().contains("Apache License");
        assertThat(read("META-INF/NOTICE")).asString().contains("JNA");
    }

    @Test
    void namesItselfAndEachBundledLibraryForScanners() throws IOException {
        for (String artifact : System.getProperty("memlock.bundled").split(",", -1)) {
            String[] parts = artifact.split(":", -1);
            String name = "META-INF/maven/" + parts[0] + "/" + parts[1] + "/pom.properties";
            Properties properties = new Properties();
            properties.load(new ByteArrayInputStream(read(name)));
            assertThat(properties)
                    .as(name)
                    .containsOnly(
                            entry("groupId", parts[0]), entry("artifactId", parts[1]), entry("version", parts[2]));
        }
        assertThat(files().stream().filter(name -> name.startsWith("META-INF/maven/")))
                .hasSize(4);
    }

    @Test
    void carriesNativeLibrariesOfTheSupportedPlatformsOnly() {
        assertThat(files().stream().filter(name -> name.matches(".*\\.(so|dll|jnilib|dylib|a)")))
                .containsExactlyInAnyOrder(
                        "inst/com/sun/jna/linux-x86-64/libjnidispatch.so",
                        "inst/com/sun/jna/linux-aarch64/libjnidispatch.so");
    }

    @Test
    void isSmall() throws IOException {
        assertThat(Files.size(AgentJar.path())).isLessThan(MAX_BYTES);
    }

    @Test
    void noClassRefersToJavaUtilLogging() throws IOException {
        List<String> offenders = new ArrayList<>();
        classes().forEach((name, bytes) -> {
            // A class file names every class it refers to in its constant pool, as text.
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            if (text.contains("java/util/logging") || text.contains("java.util.logging")) {
                offenders.add(name);
            }
        });
        assertThat(offenders).isEmpty();
    }

    @Test
    void bootstrapTouchesNothingThatFixesAnApplicationsChoice() throws IOException {
        for (String name : files()) {
            if (name.startsWith("io/memlock/bootstrap/") && name.endsWith(".class")) {
                assertThat(new String(read(name), StandardCharsets.ISO_8859_1))
                        .as(name)
                        .doesNotContain("javax/management")
                        .doesNotContain("java/nio/file");
            }
        }
    }

    /**
     * The bundled JNA was pointed at stand-ins; one that lacks a member would end in a NoSuchMethodError some day. And the
     * system properties are the application's.
     */
    @Test
    void standInsHaveEveryMemberThatJnaUses() throws IOException {
        Set<String> used = new TreeSet<>();
        Map<String, byte[]> classes = classes();
        classes.forEach((name, bytes) -> {
            if (name.startsWith("com/sun/jna/")) {
                new ClassReader(bytes).accept(new MembersUsed(used), 0);
            }
        });
        Set<String> present = new TreeSet<>();
        for (String standIn : STAND_INS) {
            new ClassReader(classes.get(standIn)).accept(new MembersDeclared(present), 0);
        }

        assertThat(used).anyMatch(member -> member.contains("JnaProperties"));
        assertThat(present).containsAll(used);
    }

    /** What an agent may need it holds in the application's heap; so none of it is for the command line alone. */
    @Test
    void eachPackageOfTheAgentIsNamedByAnotherOfIt() throws IOException {
        Map<String, byte[]> agent = new TreeMap<>(PackedClasses.in(jar, "inst/agent.classes"));
        agent.putAll(PackedClasses.in(jar, "inst/region.classes"));
        agent.putAll(PackedClasses.in(jar, PackedClasses.START));

        Set<String> packages = new TreeSet<>();
        Set<String> named = new TreeSet<>();
        agent.forEach((name, bytes) -> {
            String own = packageOf(name);
            packages.add(own);
            Matcher names = OURS.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
            while (names.find()) {
                if (!packageOf(names.group()).equals(own)) {
                    named.add(packageOf(names.group()));
                }
            }
        });
        packages.remove("io/memlock/agent"); // the bootstrap names it
        assertThat(packages)
                .contains("io/memlock/keeper")
                .allMatch(name -> named.contains(name) || name.equals("com/sun/jna"));
        assertThat(PackedClasses.in(jar, "inst/command.classes").keySet())
                .as("packages of the command line that the agent names")
                .noneMatch(name -> named.contains(packageOf(name)));
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('/'));
    }

    private static List<String> files() {
        return jar.stream()
                .filter(entry -> !entry.isDirectory())
                .map(ZipEntry::getName)
                .toList();
    }

    /** All of them, the hidden ones too, by their names as in a class file. */
    private static Map<String, byte[]> classes() throws IOException {
        Map<String, byte[]> classes = new TreeMap<>();
        for (String together : List.of("start", "region", "agent", "asm", "command")) {
            classes.putAll(PackedClasses.in(jar, "inst/" + together + ".classes"));
        }
        assertThat(classes.remove("io/memlock/attach/version.properties")).isNotNull();
        for (String file : files()) {
            Matcher name = CLASS_ENTRY.matcher(file);
            if (name.matches()) {
                assertThat(classes.put(name.group(1), read(file)))
                        .as("a second " + file)
                        .isNull();
            }
        }
        return classes;
    }

    private static byte[] read(String name) throws IOException {
        ZipEntry entry = jar.getEntry(name);
        assertThat(entry).as(name).isNotNull();
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    /** Collects the members of the stand-ins that a class calls or reads. */
    private static final class MembersUsed extends ClassVisitor {

        private final Set<String> members;

        MembersUsed(Set<String> members) {
            super(ASM_API);
            this.members = members;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(ASM_API) {
                @Override
                public void visitMethodInsn(
                        int opcode, String owner, String called, String calledDescriptor, boolean isInterface) {
                    add(owner, called, calledDescriptor);
                }

                @Override
                public void visitFieldInsn(int opcode, String owner, String field, String fieldDescriptor) {
                    add(owner, field, fieldDescriptor);
                }
            };
        }

        private void add(String owner, String name, String descriptor) {
            if (STAND_INS.contains(owner) || (owner.equals("java/lang/System") && name.endsWith("Property"))) {
                members.add(owner + "." + name + " " + descriptor);
            }
        }
    }

    /** Collects the members a class declares for others. */
    private static final class MembersDeclared extends ClassVisitor {

        private final Set<String> members;
        private String owner;

        MembersDeclared(Set<String> members) {
            super(ASM_API);
            this.members = members;
        }

        @Override
        public void visit(
                int version, int access, String name, String signature, String superName, String[] interfaces) {
            owner = name;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            add(access, name, descriptor);
            return null;
        }

        @Override
        public FieldVisitor visitField(int access, String name, String descriptor, String signature, Object value) {
            add(access, name, descriptor);
            return null;
        }

        private void add(int access, String name, String descriptor) {
            if ((access & Opcodes.ACC_PUBLIC) != 0) {
                members.add(owner + "." + name + " " + descriptor);
            }
        }
    }
}
