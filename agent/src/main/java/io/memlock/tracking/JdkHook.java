// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Changes one class of the JDK, and defines a small class beside it, because the JDK's classes can see none of ours.
 *
 * <p>It stays registered: a flight recording on JDK 17, and other agents, have the same class changed again, and the JVM
 * then asks for all changes anew. It answers for one class only, and loads none while it is asked about another
 * (JDK-8335619).
 */
abstract class JdkHook implements ClassFileTransformer {

    /** The version of ASM's interface, which reads the class files of all JDKs. */
    static final int ASM_API = Opcodes.ASM9;

    static final String CONSTRUCTOR = "<init>";
    static final String LONG_FUNCTION = "java/util/function/LongFunction";
    static final String LONG_FUNCTION_TYPE = 'L' + LONG_FUNCTION + ';';
    static final String LONG_FUNCTION_APPLY = "(J)Ljava/lang/Object;";
    static final String RUNNABLE = "java/lang/Runnable";
    static final String RUNNABLE_TYPE = 'L' + RUNNABLE + ';';
    private static final String THROWABLE = "java/lang/Throwable";

    /** The first local variable that is free: the methods have two dozen of their own. */
    static final int FIRST_FREE = 48;

    private final Instrumentation instrumentation;
    private final String hook;

    /** The changed class, named as in class files; null until it is known. */
    private volatile String home;

    private volatile boolean isDone;
    private volatile Throwable failure;

    /**
     * Changes nothing yet.
     *
     * @param hook the small class, named as in class files
     */
    JdkHook(Instrumentation instrumentation, String hook) {
        this.instrumentation = instrumentation;
        this.hook = hook;
    }

    /**
     * Returns what puts calls of the hook into a method.
     *
     * @param next takes the method as it is to be; returned itself where no call belongs
     */
    abstract MethodVisitor withCalls(int access, String name, String descriptor, MethodVisitor next);

    /**
     * Returns the class with calls of the hook in it.
     *
     * @return null if there is no place for any
     */
    final byte[] changed(byte[] classFile) {
        boolean[] isCalled = new boolean[1];
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(
                new ClassVisitor(ASM_API, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
                        return withCalls(access, name, descriptor, new MethodVisitor(ASM_API, next) {
                            @Override
                            public void visitMethodInsn(
                                    int opcode, String owner, String method, String type, boolean isInterface) {
                                isCalled[0] |= owner.equals(hook);
                                super.visitMethodInsn(opcode, owner, method, type, isInterface);
                            }

                            @Override
                            public void visitMaxs(int stack, int locals) {
                                if (locals > FIRST_FREE) {
                                    throw new IllegalStateException(name + " has " + locals + " local variables");
                                }
                                super.visitMaxs(stack, locals);
                            }
                        });
                    }
                },
                0);
        return isCalled[0] ? writer.toByteArray() : null;
    }

    /** Lets us reach into the package of a class of the JDK. */
    static void open(Instrumentation instrumentation, Class<?> type) {
        Set<Module> ours = Set.of(JdkHook.class.getModule());
        instrumentation.redefineModule(
                type.getModule(), Set.of(), Map.of(), Map.of(type.getPackageName(), ours), Set.of(), Map.of());
    }

    /** Defines a class beside one of the JDK's, unless an attempt for which there was no memory has. */
    final Class<?> define(Class<?> target, byte[] hookClass) throws ReflectiveOperationException {
        open(instrumentation, target);
        try {
            return Class.forName(hook.replace('/', '.'), false, target.getClassLoader());
        } catch (ClassNotFoundException e) { // as at the first attempt
            // Then it is defined now.
        }
        return MethodHandles.privateLookupIn(target, MethodHandles.lookup()).defineClass(hookClass);
    }

    /** Sets a static field of such a class. */
    static void set(Class<?> hook, String field, Object value) throws ReflectiveOperationException {
        Field declared = hook.getDeclaredField(field);
        declared.setAccessible(true);
        declared.set(null, value);
    }

    /**
     * Changes a class.
     *
     * @throws ReflectiveOperationException if this JDK is not as we know it; nothing has changed then
     */
    final void change(Class<?> target) throws ReflectiveOperationException {
        home = target.getName().replace('.', '/');
        boolean isChanged = false;
        instrumentation.addTransformer(this, true);
        try {
            instrumentation.retransformClasses(target);
            isChanged = isDone;
        } catch (UnmodifiableClassException e) {
            failure = e;
        } finally {
            if (!isChanged) {
                instrumentation.removeTransformer(this);
            }
        }
        if (!isChanged) {
            throw new ReflectiveOperationException("cannot change " + target.getName(), failure);
        }
    }

    @Override
    public final byte[] transform(
            Module module,
            ClassLoader loader,
            String name,
            Class<?> redefined,
            ProtectionDomain domain,
            byte[] classFile) {
        if (redefined == null || loader != null || !name.equals(home)) {
            return null;
        }
        try {
            byte[] changed = changed(classFile);
            isDone = changed != null;
            return changed;
        } catch (RuntimeException | Error e) { // a newer class file than ASM knows, or no memory
            failure = e;
            return null;
        }
    }

    /** Begins what may fail without anybody's noticing. */
    static Label beginGuarded(MethodVisitor code) {
        Label begin = new Label();
        Label handler = new Label();
        code.visitTryCatchBlock(begin, handler, handler, THROWABLE);
        code.visitLabel(begin);
        return handler;
    }

    static void endGuarded(MethodVisitor code, Label handler, int returns) {
        code.visitInsn(returns);
        code.visitLabel(handler);
        code.visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {THROWABLE});
        code.visitInsn(Opcodes.POP);
    }

    static void end(MethodVisitor code, int returns) {
        code.visitInsn(returns);
        code.visitMaxs(0, 0);
        code.visitEnd();
    }
}
