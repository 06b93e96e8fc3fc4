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
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
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
 * pointed at a stand-in that does nothing: {@code DispatchLibraryFile} has loaded the library, in a way nobody can forge. What
 * it asks of the system properties, {@code JnaProperties} answers. Its methods that nobody can reach are left out: see
 * {@code ReachableMethods}.
 */
final class AssembleJar {

    private static final String[] JNA_NATIVES = {"com/sun/jna/linux-x86-64/", "com/sun/jna/linux-aarch64/"};

    private static final String LIBRARY = ".so";

    private static final String CLASS = ".class";

    /** What JNA's native library makes, and calls, at its start. native/dispatch.c: newJavaPointer */
    private static final String MADE_BY_JNAS_LIBRARY = "com/sun/jna/Pointer";

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
        "io/memlock/manners/",
        "io/memlock/memory/",
        "io/memlock/proc/",
        "io/memlock/reconcile/",
        "io/memlock/residency/",
        "io/memlock/vmstructs/",
        "io/memlock/process/OwnMappings",
        "io/memlock/process/ThisProcess"
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
     * them is native; the one way to more of JNA leads through its unpacking of that library, which {@code JnaProperties}
     * turns off.
     */
    private void addJna() throws IOException {
        Map<String, byte[]> classes = new TreeMap<>();
        Set<String> named = new HashSet<>();
        try (JarFile jna = jarOf("com/sun/jna/Native.class")) {
            for (Enumeration<JarEntry> entries = jna.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                String name = entry.getName();
                boolean code = start.containsKey(typeOf(name));
                boolean library = name.endsWith(LIBRARY) && isAny(name, JNA_NATIVES);
                if (code || library) {
                    try (InputStream in = jna.getInputStream(entry)) {
                        byte[] bytes = in.readAllBytes();
                        if (code) {
                            classes.put(typeOf(name), adapted(bytes));
                        } else {
                            named.addAll(List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("\0")));
                            hide(name, bytes);
                        }
                    }
                }
            }
        }
        ReachableMethods reachable = new ReachableMethods(classes);
        reachable.addMethod(MADE_BY_JNAS_LIBRARY, "<init>(J)V");
        for (Map<String, byte[]> ours : List.of(start, region, agent, command)) {
            for (Map.Entry<String, byte[]> file : ours.entrySet()) {
                if (file.getValue() != null && !isResource(file.getKey())) {
                    reachable.addCalls(file.getValue());
                }
            }
        }
        reachable.follow();
        for (Map.Entry<String, byte[]> type : classes.entrySet()) {
            hide(type.getKey() + CLASS, reachable.without(type.getValue(), named));
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
                if (entry.getName().endsWith(CLASS) && isWanted.test(entry.getName())) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        hide(entry.getName(), withoutLines(in.readAllBytes()));
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
                .accept(
                        new WithoutVariables(new WithStandIns(new ClassRemapper(new WithoutGenerics(writer), LOGGING))),
                        0);
        return writer.toByteArray();
    }

    /**
     * Leaves out what stack traces show of a library that nobody needs to see inside of, 50 KB of the jar, and its own
     * generic types: picocli reads those of its users' classes only.
     */
    private static byte[] withoutLines(byte[] classFile) {
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(classFile).accept(new WithoutGenerics(writer), ClassReader.SKIP_DEBUG);
        return writer.toByteArray();
    }

    /** Leaves out the generic types of classes, fields and methods, which compilers and reflection alone read. */
    private static final class WithoutGenerics extends ClassVisitor {

        WithoutGenerics(ClassVisitor next) {
            super(OpenedClassReader.ASM_API, next);
        }

        @Override
        public void visit(int version, int access, String name, String signature, String parent, String[] interfaces) {
            super.visit(version, access, name, null, parent, interfaces);
        }

        @Override
        public FieldVisitor visitField(int access, String name, String descriptor, String signature, Object value) {
            return super.visitField(access, name, descriptor, null, value);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return super.visitMethod(access, name, descriptor, null, exceptions);
        }
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

    /** Points {@code System.load} and the calls for system properties at our stand-ins. */
    private static final class WithStandIns extends ClassVisitor {

        private static final Set<String> PROPERTIES =
                Set.of("java/lang/System.getProperty", "java/lang/System.setProperty", "java/lang/Boolean.getBoolean");

        WithStandIns(ClassVisitor next) {
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
                    String called = owner + "." + method;
                    if (called.equals("java/lang/System.load")) {
                        super.visitMethodInsn(
                                opcode, "io/memlock/jna/DispatchLibrary", "isLoaded", parameters, isInterface);
                    } else {
                        super.visitMethodInsn(
                                opcode,
                                PROPERTIES.contains(called) ? "io/memlock/jna/JnaProperties" : owner,
                                method,
                                parameters,
                                isInterface);
                    }
                }
            };
        }
    }

    /**
     * What can be called of JNA. We pass numbers and arrays to C functions, and what JNA does for strings, structures and
     * callbacks nobody reaches: two thirds of its code that would be read, parsed and verified before main. Methods are
     * reached from static initialisers and from our classes; a virtual one, if code that is reached calls it, or the JDK can,
     * and something makes an object of its class.
     */
    private static final class ReachableMethods {

        private final Map<String, ClassReader> types = new TreeMap<>();

        /** By class, name and descriptor. */
        private final Map<String, Calls> methods = new TreeMap<>();

        private final Set<String> reached = new HashSet<>();
        private final Set<String> made = new HashSet<>();

        /** Names and descriptors. */
        private final Set<String> calledVirtually = new HashSet<>();

        /** Knows the classes, and that their static initialisers run. */
        ReachableMethods(Map<String, byte[]> jna) {
            jna.forEach((type, bytes) -> {
                ClassReader reader = new ClassReader(bytes);
                types.put(type, reader);
                scan(reader);
                reached.add(type + ".<clinit>()V");
            });
        }

        /** Adds a method of a class of which native code makes objects. */
        void addMethod(String type, String signature) {
            made.add(type);
            reached.add(type + "." + signature);
        }

        /** Adds what a class of ours calls. */
        void addCalls(byte[] classFile) {
            Calls calls = new Calls();
            new ClassReader(classFile).accept(calls.ofAnyMethod(), 0);
            follow(calls);
        }

        /** Follows the calls. */
        void follow() {
            int before;
            do {
                before = reached.size() + made.size() + calledVirtually.size();
                List.copyOf(reached).forEach(method -> follow(methods.getOrDefault(method, new Calls())));
                methods.keySet().stream().filter(this::isCalledVirtually).forEach(reached::add);
            } while (before < reached.size() + made.size() + calledVirtually.size());
        }

        private void scan(ClassReader reader) {
            reader.accept(
                    new ClassVisitor(OpenedClassReader.ASM_API) {
                        @Override
                        public MethodVisitor visitMethod(
                                int access, String name, String descriptor, String signature, String[] exceptions) {
                            Calls calls = new Calls();
                            methods.put(reader.getClassName() + "." + name + descriptor, calls);
                            return calls;
                        }
                    },
                    0);
        }

        private void follow(Calls calls) {
            made.addAll(calls.made);
            calledVirtually.addAll(calls.virtually);
            for (String[] call : calls.directly) {
                String owner = call[0];
                while (types.containsKey(owner) && !methods.containsKey(owner + "." + call[1])) {
                    owner = types.get(owner).getSuperName();
                }
                if (types.containsKey(owner)) {
                    reached.add(owner + "." + call[1]);
                }
            }
        }

        private boolean isCalledVirtually(String method) {
            String owner = method.substring(0, method.indexOf('.'));
            String signature = method.substring(owner.length() + 1);
            return made.stream().anyMatch(type -> isA(type, owner))
                    && (calledVirtually.contains(signature) || isOfTheJdk(owner, signature));
        }

        private boolean isA(String type, String owner) {
            if (type.equals(owner)) {
                return true;
            }
            ClassReader reader = types.get(type);
            return reader != null
                    && (isA(reader.getSuperName(), owner)
                            || Stream.of(reader.getInterfaces()).anyMatch(supertype -> isA(supertype, owner)));
        }

        /** Returns whether a supertype in the JDK has the method: then somebody there may call it. */
        private boolean isOfTheJdk(String type, String signature) {
            ClassReader reader = types.get(type);
            if (reader != null) {
                return isOfTheJdk(reader.getSuperName(), signature)
                        || Stream.of(reader.getInterfaces()).anyMatch(supertype -> isOfTheJdk(supertype, signature));
            }
            try {
                for (Class<?> at = Class.forName(type.replace('/', '.')); at != null; at = at.getSuperclass()) {
                    if (Stream.concat(Stream.of(at.getDeclaredMethods()), Stream.of(at.getMethods()))
                            .anyMatch(
                                    method -> signature.equals(method.getName() + Type.getMethodDescriptor(method)))) {
                        return true;
                    }
                }
                return false;
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }

        /**
         * Returns a class without what nobody can call. What the native library looks for by its name stays, and throws.
         *
         * @param named the library's strings, the names of methods among them
         */
        byte[] without(byte[] classFile, Set<String> named) {
            ClassReader reader = new ClassReader(classFile);
            ClassWriter writer = new ClassWriter(0);
            reader.accept(
                    new ClassVisitor(OpenedClassReader.ASM_API, writer) {
                        @Override
                        public MethodVisitor visitMethod(
                                int access, String name, String descriptor, String signature, String[] exceptions) {
                            boolean isCode = (access & (Opcodes.ACC_NATIVE | Opcodes.ACC_ABSTRACT)) == 0;
                            boolean isReached = reached.contains(reader.getClassName() + "." + name + descriptor);
                            if (isCode && !isReached && !named.contains(name)) {
                                return null;
                            }
                            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
                            return isCode && !isReached ? new Throwing(next, access, descriptor) : next;
                        }
                    },
                    0);
            return writer.toByteArray();
        }
    }

    /** Gives a method a body that throws {@code UnsupportedOperationException}, in place of its own. */
    private static final class Throwing extends MethodVisitor {

        Throwing(MethodVisitor next, int access, String descriptor) {
            super(OpenedClassReader.ASM_API);
            String exception = "java/lang/UnsupportedOperationException";
            next.visitCode();
            next.visitTypeInsn(Opcodes.NEW, exception);
            next.visitInsn(Opcodes.DUP);
            next.visitMethodInsn(Opcodes.INVOKESPECIAL, exception, "<init>", "()V", false);
            next.visitInsn(Opcodes.ATHROW);
            next.visitMaxs(2, Type.getArgumentsAndReturnSizes(descriptor) >> 2);
            next.visitEnd();
        }
    }

    /** What a method calls and makes. */
    private static final class Calls extends MethodVisitor {

        private final List<String[]> directly = new ArrayList<>();
        private final Set<String> virtually = new HashSet<>();
        private final Set<String> made = new HashSet<>();

        Calls() {
            super(OpenedClassReader.ASM_API);
        }

        ClassVisitor ofAnyMethod() {
            return new ClassVisitor(OpenedClassReader.ASM_API) {
                @Override
                public MethodVisitor visitMethod(
                        int access, String name, String descriptor, String signature, String[] exceptions) {
                    return Calls.this;
                }
            };
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            if (opcode == Opcodes.NEW) {
                made.add(type);
            }
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (opcode == Opcodes.INVOKESTATIC || opcode == Opcodes.INVOKESPECIAL) {
                directly.add(new String[] {owner, name + descriptor});
            } else {
                virtually.add(name + descriptor);
            }
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            for (Object argument : arguments) {
                if (argument instanceof Handle handle) {
                    directly.add(new String[] {handle.getOwner(), handle.getName() + handle.getDesc()});
                    virtually.add(handle.getName() + handle.getDesc());
                }
            }
        }
    }

    private static boolean isResource(String type) {
        return type.contains(".");
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
        return file.endsWith(CLASS) ? file.substring(0, file.length() - CLASS.length()) : file;
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
