// SPDX-License-Identifier: Apache-2.0
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.SimpleRemapper;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * Lays out what goes into memlock-agent.jar. Run by the build, before the jar is packed:
 *
 * <pre>
 * io/memlock/bootstrap/**.class   as compiled: what the JVM calls
 * io/memlock/api/**.class         as compiled: what the application may call
 * inst/start.classes              the classes of ours and JNA's that run before main
 * inst/region.classes             what a lock of regions needs before main, and what is beside it
 * inst/agent.classes              the others that an agent may need, and our version
 * inst/asm.classes                Byte Buddy's ASM, needed once if at all
 * inst/command.classes            those of the command line, and picocli
 * inst/com/sun/jna/**             JNA's native library for each platform
 * META-INF/                       licences
 * META-INF/maven/                 name and version of us and of each bundled library, for scanners
 * </pre>
 *
 * The agent jar is on the application's class path, so nothing but these two may look like a class there: an
 * application that asks whether JNA is present must not find ours. The bootstrap's {@code IsolatedLoader} reads
 * {@code inst/}.
 *
 * <p>Each of the five is read at once: to find, open and inflate an entry for each class would be a sixth of our start. And
 * the JDK visits each entry of a jar as it opens it: 640 entries cost 16 ms of CPU before main. One is an index, preceded by
 * its length (4 bytes), and then the class files, one after the other; of each class the index has the length of its name
 * (2 bytes), its name as in a class file, and the length of its class file (4 bytes). Which classes run before main stands in
 * {@code start-classes.txt}.
 *
 * <p>JNA's references to {@code java.util.logging} are pointed at stand-ins in {@code io.memlock.jna}. The real ones
 * would choose the process's {@code LogManager} before the application's {@code main} can. Its {@code System.load} is
 * pointed at a stand-in that does nothing: {@code DispatchLibraryFile} has loaded the library, in a way nobody can forge.
 */
final class AssembleJar {

    private static final String[] JNA_NATIVES = {"com/sun/jna/linux-x86-64/", "com/sun/jna/linux-aarch64/"};

    private static final String LIBRARY = ".so";

    private static final String ASM = "net/bytebuddy/jar/asm/";

    private static final SimpleRemapper LOGGING = new SimpleRemapper(
            OpenedClassReader.ASM_API,
            Map.of(
                    "java/util/logging/Logger", "io/memlock/jna/Logger",
                    "java/util/logging/Level", "io/memlock/jna/Level"));

    /** The packages of ours that only the command line needs. What an agent may need it holds in the application's heap. */
    private static final String[] COMMAND_LINE = {
        "io/memlock/check/",
        "io/memlock/cli/",
        "io/memlock/doctor/",
        "io/memlock/jvms/",
        "io/memlock/output/",
        "io/memlock/picture/",
        "picocli/"
    };

    /** What a lock of regions needs before main: in a heap of 3 MiB there is no room for the other classes as well. */
    private static final String[] REGIONS = {
        "io/memlock/calls/",
        "io/memlock/cgroup/",
        "io/memlock/hotspot/",
        "io/memlock/memory/",
        "io/memlock/proc/",
        "io/memlock/reconcile/",
        "io/memlock/residency/",
        "io/memlock/vmstructs/",
        "io/memlock/agent/OwnMappings",
        "io/memlock/agent/ThisProcess"
    };

    private final Path content;

    /** The class files of start-classes.txt, in its order; null until one is found. */
    private final Map<String, byte[]> start = new LinkedHashMap<>();

    private final Map<String, byte[]> region = new TreeMap<>();
    private final Map<String, byte[]> agent = new TreeMap<>();
    private final Map<String, byte[]> asm = new TreeMap<>();
    private final Map<String, byte[]> command = new TreeMap<>();

    private AssembleJar(Path content, List<String> start) {
        this.content = content;
        start.forEach(name -> this.start.put(name, null));
    }

    public static void main(String[] args) throws IOException {
        Path classes = Path.of(args[0]);
        Path content = Path.of(args[1]);
        Path licences = Path.of(args[2]);
        Path startClasses = Path.of(args[3]);
        deleteTree(content);

        AssembleJar assembly = new AssembleJar(content, Files.readAllLines(startClasses));
        assembly.addOurs(classes);
        assembly.addJna();
        assembly.addPicocli();
        assembly.addAsm();
        assembly.writeClasses("start", assembly.start);
        assembly.writeClasses("region", assembly.region);
        assembly.writeClasses("agent", assembly.agent);
        assembly.writeClasses("asm", assembly.asm);
        assembly.writeClasses("command", assembly.command);
        for (String name : new String[] {"LICENSE", "NOTICE"}) {
            assembly.write("META-INF/" + name, Files.readAllBytes(licences.resolve(name)));
        }
        for (String artifact : List.of(args).subList(4, args.length)) {
            assembly.addPomProperties(artifact);
        }
    }

    private void addOurs(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String name = classes.relativize(file).toString();
                if (name.endsWith("/package-info.class")) { // which nobody reads at run time
                    continue;
                }
                boolean visible = name.startsWith("io/memlock/bootstrap/")
                        || name.startsWith("io/memlock/api/")
                        || name.startsWith("META-INF/");
                if (visible) {
                    write(name, Files.readAllBytes(file));
                } else {
                    hide(name, Files.readAllBytes(file));
                }
            }
        }
    }

    /**
     * Of JNA the classes that its native library and {@code Native} need at their start, and no others. What we call beside
     * them is native; the one way to more of JNA leads through its unpacking of that library, which {@code NativeAccess}
     * turns off.
     */
    private void addJna() throws IOException {
        try (JarFile jna = jarOf("com/sun/jna/Native.class")) {
            for (Enumeration<JarEntry> entries = jna.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                String name = entry.getName();
                boolean code = start.containsKey(typeOf(name));
                boolean library = name.endsWith(LIBRARY) && isAny(name, JNA_NATIVES);
                if (code || library) {
                    try (InputStream in = jna.getInputStream(entry)) {
                        byte[] bytes = in.readAllBytes();
                        hide(name, code ? adapted(bytes) : bytes);
                    }
                }
            }
        }
    }

    private void addPicocli() throws IOException {
        addAll("picocli/CommandLine.class", name -> name.startsWith("picocli/CommandLine"));
    }

    /** Of Byte Buddy the ASM inside it that reads and writes: 37 classes, of which {@code MapHook} loads 29 on any JDK here. */
    private void addAsm() throws IOException {
        addAll(ASM + "ClassReader.class", name -> name.startsWith(ASM) && name.indexOf('/', ASM.length()) < 0);
    }

    private void addAll(String resource, Predicate<String> isWanted) throws IOException {
        try (JarFile jar = jarOf(resource)) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (entry.getName().endsWith(".class") && isWanted.test(entry.getName())) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        hide(entry.getName(), withoutVariables(in.readAllBytes()));
                    }
                }
            }
        }
    }

    /** Writes what vulnerability scanners read. The text is what Maven's own archiver writes, without a time. */
    private void addPomProperties(String artifact) throws IOException {
        String[] parts = artifact.split(":", -1);
        String text = "artifactId=" + parts[1] + "\ngroupId=" + parts[0] + "\nversion=" + parts[2] + "\n";
        write(
                "META-INF/maven/" + parts[0] + "/" + parts[1] + "/pom.properties",
                text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] adapted(byte[] classFile) {
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(classFile)
                .accept(new WithoutVariables(new WithoutLoading(new ClassRemapper(writer, LOGGING))), 0);
        return writer.toByteArray();
    }

    private static byte[] withoutVariables(byte[] classFile) {
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(classFile).accept(new WithoutVariables(writer), 0);
        return writer.toByteArray();
    }

    /** Leaves out the names of local variables, which a debugger alone reads. Lines stay: stack traces show them. */
    private static final class WithoutVariables extends ClassVisitor {

        WithoutVariables(ClassVisitor next) {
            super(OpenedClassReader.ASM_API, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            return new MethodVisitor(OpenedClassReader.ASM_API, next) {
                @Override
                public void visitLocalVariable(
                        String variable, String type, String generic, Label start, Label end, int index) {}
            };
        }
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

    private void hide(String name, byte[] bytes) throws IOException {
        if (name.endsWith(LIBRARY)) {
            write("inst/" + name, bytes);
        } else {
            together(typeOf(name)).put(typeOf(name), bytes);
        }
    }

    private Map<String, byte[]> together(String type) {
        if (start.containsKey(type)) {
            return start;
        }
        if (type.startsWith(ASM)) {
            return asm;
        }
        if (isAny(type, REGIONS)) {
            return region;
        }
        return isAny(type, COMMAND_LINE) ? command : agent;
    }

    /** Returns the name of the class in a class file; another file's name as it is. */
    private static String typeOf(String file) {
        return file.endsWith(".class") ? file.substring(0, file.length() - ".class".length()) : file;
    }

    private void writeClasses(String name, Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        ByteArrayOutputStream classes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(index);
        for (Map.Entry<String, byte[]> type : files.entrySet()) {
            if (type.getValue() == null) {
                throw new IOException("start-classes.txt names " + type.getKey() + ", which is neither ours nor JNA's");
            }
            out.writeUTF(type.getKey());
            out.writeInt(type.getValue().length);
            classes.write(type.getValue());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new DataOutputStream(bytes).writeInt(index.size());
        index.writeTo(bytes);
        classes.writeTo(bytes);
        write("inst/" + name + ".classes", bytes.toByteArray());
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
