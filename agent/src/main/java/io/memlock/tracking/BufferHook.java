// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import java.lang.instrument.Instrumentation;
import java.util.function.LongFunction;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Offers each direct buffer of {@code ByteBuffer.allocateDirect} to the sampler. The constructor gives a cleaner what frees the
 * memory; of a sampled buffer it is given the sample, which does that too. The sample counts once the cleaner stands: before,
 * the constructor may still free the memory itself.
 */
final class BufferHook extends JdkHook {

    private static final String TARGET = "java.nio.DirectByteBuffer";
    private static final String ALLOCATOR_TYPE = "(I)V";
    private static final String CREATES_CLEANER = "(Ljava/lang/Object;" + RUNNABLE_TYPE + ')';

    private static final String HOOK = "java/nio/MemlockBufferHook";
    private static final String SAMPLER = "sampler";
    private static final String SAMPLED = "sampled";
    private static final String SAMPLED_TYPE = '(' + RUNNABLE_TYPE + 'I' + ')' + RUNNABLE_TYPE;
    private static final String MADE = "made";
    private static final String MADE_TYPE = '(' + RUNNABLE_TYPE + ")V";
    private static final String REPLACEMENT = "java/util/function/UnaryOperator";
    private static final String SAMPLE = "java/util/concurrent/Callable";

    BufferHook(Instrumentation instrumentation) {
        super(instrumentation, HOOK);
    }

    /**
     * Puts it in.
     *
     * @param sampler makes a sample of an allocation of so many bytes, or null
     * @throws ReflectiveOperationException if this JDK is not as we know it; nothing has changed then
     */
    void install(LongFunction<?> sampler) throws ReflectiveOperationException {
        Class<?> target = Class.forName(TARGET, false, null);
        set(define(target, hookClass()), SAMPLER, sampler);
        change(target);
    }

    /** Puts one call before the cleaner is made, and one behind. */
    @Override
    MethodVisitor withCalls(int access, String name, String descriptor, MethodVisitor next) {
        return !name.equals(CONSTRUCTOR) || !descriptor.equals(ALLOCATOR_TYPE)
                ? next
                : new MethodVisitor(ASM_API, next) {
                    @Override
                    public void visitMethodInsn(
                            int opcode, String owner, String method, String type, boolean isInterface) {
                        boolean isCleaner = opcode == Opcodes.INVOKESTATIC && type.startsWith(CREATES_CLEANER);
                        if (isCleaner) {
                            visitVarInsn(Opcodes.ILOAD, 1);
                            super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, SAMPLED, SAMPLED_TYPE, false);
                            visitInsn(Opcodes.DUP);
                            visitVarInsn(Opcodes.ASTORE, FIRST_FREE);
                        }
                        super.visitMethodInsn(opcode, owner, method, type, isInterface);
                        if (isCleaner) {
                            visitVarInsn(Opcodes.ALOAD, FIRST_FREE);
                            super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, MADE, MADE_TYPE, false);
                        }
                    }
                };
    }

    /**
     * Returns the class beside the JDK's:
     *
     * <pre>
     * static LongFunction sampler;
     *
     * static Runnable sampled(Runnable real, int bytes) {
     *     try {
     *         Object sample = sampler.apply(bytes);
     *         if (sample != null) {
     *             return (Runnable) ((UnaryOperator) sample).apply(real);
     *         }
     *     } catch (Throwable e) {
     *     }
     *     return real;
     * }
     *
     * static void made(Runnable freeing) {
     *     try {
     *         if (freeing instanceof Callable) {
     *             ((Callable) freeing).call();
     *         }
     *     } catch (Throwable e) {
     *     }
     * }
     * </pre>
     */
    private static byte[] hookClass() {
        ClassWriter hook = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        hook.visit(Opcodes.V17, Opcodes.ACC_FINAL | Opcodes.ACC_SUPER, HOOK, null, "java/lang/Object", null);
        hook.visitField(Opcodes.ACC_STATIC, SAMPLER, LONG_FUNCTION_TYPE, null, null)
                .visitEnd();

        MethodVisitor code = hook.visitMethod(Opcodes.ACC_STATIC, SAMPLED, SAMPLED_TYPE, null, null);
        Label handler = beginGuarded(code);
        Label not = new Label();
        code.visitFieldInsn(Opcodes.GETSTATIC, HOOK, SAMPLER, LONG_FUNCTION_TYPE);
        code.visitVarInsn(Opcodes.ILOAD, 1);
        code.visitInsn(Opcodes.I2L);
        code.visitMethodInsn(Opcodes.INVOKEINTERFACE, LONG_FUNCTION, "apply", LONG_FUNCTION_APPLY, true);
        code.visitInsn(Opcodes.DUP);
        code.visitJumpInsn(Opcodes.IFNULL, not);
        code.visitTypeInsn(Opcodes.CHECKCAST, REPLACEMENT);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitMethodInsn(
                Opcodes.INVOKEINTERFACE, REPLACEMENT, "apply", "(Ljava/lang/Object;)Ljava/lang/Object;", true);
        code.visitTypeInsn(Opcodes.CHECKCAST, RUNNABLE);
        code.visitInsn(Opcodes.ARETURN);
        code.visitLabel(not);
        code.visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {"java/lang/Object"});
        code.visitInsn(Opcodes.POP);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        endGuarded(code, handler, Opcodes.ARETURN);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        end(code, Opcodes.ARETURN);

        code = hook.visitMethod(Opcodes.ACC_STATIC, MADE, MADE_TYPE, null, null);
        handler = beginGuarded(code);
        not = new Label();
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitTypeInsn(Opcodes.INSTANCEOF, SAMPLE);
        code.visitJumpInsn(Opcodes.IFEQ, not);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitTypeInsn(Opcodes.CHECKCAST, SAMPLE);
        code.visitMethodInsn(Opcodes.INVOKEINTERFACE, SAMPLE, "call", "()Ljava/lang/Object;", true);
        code.visitInsn(Opcodes.POP);
        code.visitLabel(not);
        code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
        endGuarded(code, handler, Opcodes.RETURN);
        end(code, Opcodes.RETURN);
        hook.visitEnd();
        return hook.toByteArray();
    }
}
