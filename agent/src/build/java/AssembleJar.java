// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Enumeration;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.SimpleRemapper;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * Lays out what goes into memlock-agent.jar. Run by the build, before the jar is packed:
 *
 * <pre>
 * io/memlock/bootstrap/**.class   as compiled: the only classes the application can see
 * inst/**.classdata               everything else of ours, and the bundled libraries
 * META-INF/                       licences
 * </pre>
 *
 * The agent jar is on the application's class path, so nothing but the bootstrap may look like a class there: an
 * application that asks whether JNA is present must not find ours. The bootstrap's {@code IsolatedLoader} reads
 * {@code inst/}.
 *
 * <p>JNA's references to {@code java.util.logging} are pointed at stand-ins in {@code io.memlock.jna}. The real ones
 * would choose the process's {@code LogManager} before the application's {@code main} can. Its {@code System.load} is
 * pointed at a stand-in that does nothing: {@code DispatchLibraryFile} has loaded the library, in a way nobody can forge.
 */
final class AssembleJar {

    /**
     * JNA classes for other systems; and one that JNA can do without (it falls back from StackWalker to it) but loads at
     * its start: initialising its superclass, SecurityManager, takes JDK 17 over 10 ms.
     */
    private static final String[] JNA_UNUSED = {"com/sun/jna/win32/", "com/sun/jna/SecurityManagerExposer"};

    private static final String[] JNA_NATIVES = {"com/sun/jna/linux-x86-64/", "com/sun/jna/linux-aarch64/"};

    private static final SimpleRemapper LOGGING = new SimpleRemapper(
            OpenedClassReader.ASM_API,
            Map.of(
                    "java/util/logging/Logger", "io/memlock/jna/Logger",
                    "java/util/logging/Level", "io/memlock/jna/Level"));

    private final Path content;

    private AssembleJar(Path content) {
        this.content = content;
    }

    public static void main(String[] args) throws IOException {
        Path classes = Path.of(args[0]);
        Path content = Path.of(args[1]);
        Path licences = Path.of(args[2]);
        deleteTree(content);

        AssembleJar assembly = new AssembleJar(content);
        assembly.addOurs(classes);
        assembly.addJna();
        assembly.addPicocli();
        for (String name : new String[] {"LICENSE", "NOTICE"}) {
            assembly.write("META-INF/" + name, Files.readAllBytes(licences.resolve(name)));
        }
    }

    private void addOurs(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String name = classes.relativize(file).toString();
                boolean visible = name.startsWith("io/memlock/bootstrap/") || name.startsWith("META-INF/");
                write(visible ? name : hidden(name), Files.readAllBytes(file));
            }
        }
    }

    private void addJna() throws IOException {
        try (JarFile jna = jarOf("com/sun/jna/Native.class")) {
            for (Enumeration<JarEntry> entries = jna.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                String name = entry.getName();
                boolean code = name.endsWith(".class") && name.startsWith("com/sun/jna/") && !isAny(name, JNA_UNUSED);
                boolean library = name.endsWith(".so") && isAny(name, JNA_NATIVES);
                if (code || library) {
                    try (InputStream in = jna.getInputStream(entry)) {
                        byte[] bytes = in.readAllBytes();
                        write(hidden(name), code ? adapted(bytes) : bytes);
                    }
                }
            }
        }
    }

    private void addPicocli() throws IOException {
        try (JarFile picocli = jarOf("picocli/CommandLine.class")) {
            for (Enumeration<JarEntry> entries = picocli.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (entry.getName().startsWith("picocli/") && entry.getName().endsWith(".class")) {
                    try (InputStream in = picocli.getInputStream(entry)) {
                        write(hidden(entry.getName()), in.readAllBytes());
                    }
                }
            }
        }
    }

    private static byte[] adapted(byte[] classFile) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(0);
        reader.accept(new WithoutLoading(new ClassRemapper(writer, LOGGING)), 0);
        return writer.toByteArray();
    }

    /** Points {@code System.load} at our stand-in. */
    private static final class WithoutLoading extends ClassVisitor {

        WithoutLoading(ClassVisitor next) {
            super(OpenedClassReader.ASM_API, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            return new MethodVisitor(OpenedClassReader.ASM_API, next) {
                @Override
                public void visitMethodInsn(
                        int opcode, String owner, String method, String parameters, boolean isInterface) {
                    boolean loads = owner.equals("java/lang/System") && method.equals("load");
                    super.visitMethodInsn(
                            opcode,
                            loads ? "io/memlock/jna/DispatchLibrary" : owner,
                            loads ? "isLoaded" : method,
                            parameters,
                            isInterface);
                }
            };
        }
    }

    private static JarFile jarOf(String resource) throws IOException {
        String url = AssembleJar.class.getClassLoader().getResource(resource).toString();
        return new JarFile(url.substring("jar:file:".length(), url.indexOf("!/")));
    }

    private static boolean isAny(String name, String[] prefixes) {
        return Stream.of(prefixes).anyMatch(name::startsWith);
    }

    private static String hidden(String name) {
        return "inst/" + (name.endsWith(".class") ? name + "data" : name);
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path file = content.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
