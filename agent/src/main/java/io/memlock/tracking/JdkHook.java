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
    private static final String THROWABLE = "java/lang/Throwable";

    private final Instrumentation instrumentation;

    /** The changed class, named as in class files; null until it is known. */
    private volatile String home;

    private volatile boolean isDone;
    private volatile Throwable failure;

    JdkHook(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    /**
     * Returns the class as it is to be.
     *
     * @return null if it has nothing to change
     */
    abstract byte[] changed(byte[] classFile);

    /** Lets us reach into the package of a class of the JDK. */
    static void open(Instrumentation instrumentation, Class<?> type) {
        Set<Module> ours = Set.of(JdkHook.class.getModule());
        instrumentation.redefineModule(
                type.getModule(), Set.of(), Map.of(), Map.of(type.getPackageName(), ours), Set.of(), Map.of());
    }

    /** Defines a class beside one of the JDK's. */
    final Class<?> define(Class<?> target, byte[] hookClass) throws ReflectiveOperationException {
        open(instrumentation, target);
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
        instrumentation.addTransformer(this, true);
        try {
            instrumentation.retransformClasses(target);
        } catch (UnmodifiableClassException e) {
            failure = e;
        }
        if (!isDone) {
            instrumentation.removeTransformer(this);
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
        } catch (RuntimeException | LinkageError e) { // a newer class file than ASM knows
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
