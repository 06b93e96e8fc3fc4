// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import java.lang.instrument.Instrumentation;
import java.util.concurrent.atomic.AtomicLongArray;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Counts the native segments that arenas allocate, from JDK 22 on. The JDK's allocator hands a cleanup to the arena, which
 * frees the memory. A cleanup of ours around it counts the segment until then, so segments that are older than the hook are
 * counted neither when they are made nor when they are freed.
 */
final class SegmentHook extends JdkHook {

    private static final String TARGET = "jdk.internal.foreign.SegmentFactories";

    private static final String ALLOCATE = "allocateNative";
    private static final String BYTES_FIRST = "(J";

    private static final String CLEANUP = "jdk/internal/foreign/MemorySessionImpl$ResourceList$ResourceCleanup";
    private static final String CLEANUP_TYPE = 'L' + CLEANUP + ';';
    private static final String TAKES_CLEANUP = '(' + CLEANUP_TYPE + ")V";
    private static final String CLEAN = "cleanup";
    private static final String NOTHING = "()V";

    private static final String HOOK = "jdk/internal/foreign/MemlockSegmentHook";
    private static final String COUNTED = "counted";
    private static final String COUNTED_TYPE = '(' + CLEANUP_TYPE + 'J' + ')' + CLEANUP_TYPE;
    private static final String CONSTRUCTOR = "<init>";
    private static final String CONSTRUCTOR_TYPE = '(' + CLEANUP_TYPE + "J)V";
    private static final String REAL = "real";
    private static final String BYTES = "bytes";
    private static final String LIVE = "live";
    private static final String ARRAY = "java/util/concurrent/atomic/AtomicLongArray";
    private static final String ARRAY_TYPE = 'L' + ARRAY + ';';
    private static final String COUNT = "count";
    private static final String COUNT_TYPE = "(JJ)V";
    private static final String THROWABLE = "java/lang/Throwable";

    SegmentHook(Instrumentation instrumentation) {
        super(instrumentation);
    }

    /**
     * Puts it in.
     *
     * @param live of two numbers: the segments that live, and their bytes
     * @throws ReflectiveOperationException if this JDK is not as we know it; nothing has changed then
     */
    void install(AtomicLongArray live) throws ReflectiveOperationException {
        Class<?> target = Class.forName(TARGET, false, null);
        define(target, hookClass(), LIVE, live);
        change(target);
    }

    /** Puts a cleanup of ours around each that the allocator makes. */
    @Override
    byte[] changed(byte[] classFile) {
        boolean[] isDone = new boolean[1];
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(
                new ClassVisitor(ASM_API, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
                        boolean isAllocator = (access & Opcodes.ACC_STATIC) != 0
                                && name.startsWith(ALLOCATE)
                                && descriptor.startsWith(BYTES_FIRST);
                        return !isAllocator
                                ? next
                                : new MethodVisitor(ASM_API, next) {
                                    @Override
                                    public void visitMethodInsn(
                                            int opcode, String owner, String method, String type, boolean isInterface) {
                                        if (type.equals(TAKES_CLEANUP) && opcode == Opcodes.INVOKEVIRTUAL) {
                                            visitVarInsn(Opcodes.LLOAD, 0);
                                            super.visitMethodInsn(
                                                    Opcodes.INVOKESTATIC, HOOK, COUNTED, COUNTED_TYPE, false);
                                            isDone[0] = true;
                                        }
                                        super.visitMethodInsn(opcode, owner, method, type, isInterface);
                                    }
                                };
                    }
                },
                0);
        return isDone[0] ? writer.toByteArray() : null;
    }

    /**
     * Returns the class beside the JDK's:
     *
     * <pre>
     * final class MemlockSegmentHook extends ResourceCleanup {
     *     static AtomicLongArray live;
     *     final ResourceCleanup real;
     *     final long bytes;
     *
     *     static ResourceCleanup counted(ResourceCleanup real, long bytes) {
     *         try {
     *             ResourceCleanup hook = new MemlockSegmentHook(real, bytes);
     *             count(1, bytes);
     *             return hook;
     *         } catch (Throwable e) {
     *             return real;
     *         }
     *     }
     *
     *     public void cleanup() {
     *         real.cleanup();
     *         try {
     *             count(-1, -bytes);
     *         } catch (Throwable e) {
     *         }
     *     }
     *
     *     static void count(long segments, long bytes) {
     *         live.getAndAdd(0, segments);
     *         live.getAndAdd(1, bytes);
     *     }
     * }
     * </pre>
     */
    private static byte[] hookClass() {
        ClassWriter hook = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        hook.visit(Opcodes.V17, Opcodes.ACC_FINAL | Opcodes.ACC_SUPER, HOOK, null, CLEANUP, null);
        hook.visitField(Opcodes.ACC_STATIC, LIVE, ARRAY_TYPE, null, null).visitEnd();
        hook.visitField(Opcodes.ACC_FINAL, REAL, CLEANUP_TYPE, null, null).visitEnd();
        hook.visitField(Opcodes.ACC_FINAL, BYTES, "J", null, null).visitEnd();

        MethodVisitor code = hook.visitMethod(0, CONSTRUCTOR, CONSTRUCTOR_TYPE, null, null);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitMethodInsn(Opcodes.INVOKESPECIAL, CLEANUP, CONSTRUCTOR, NOTHING, false);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitVarInsn(Opcodes.ALOAD, 1);
        code.visitFieldInsn(Opcodes.PUTFIELD, HOOK, REAL, CLEANUP_TYPE);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitVarInsn(Opcodes.LLOAD, 2);
        code.visitFieldInsn(Opcodes.PUTFIELD, HOOK, BYTES, "J");
        end(code, Opcodes.RETURN);

        code = hook.visitMethod(Opcodes.ACC_STATIC, COUNTED, COUNTED_TYPE, null, null);
        Label handler = beginGuarded(code);
        code.visitTypeInsn(Opcodes.NEW, HOOK);
        code.visitInsn(Opcodes.DUP);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitVarInsn(Opcodes.LLOAD, 1);
        code.visitMethodInsn(Opcodes.INVOKESPECIAL, HOOK, CONSTRUCTOR, CONSTRUCTOR_TYPE, false);
        code.visitInsn(Opcodes.LCONST_1);
        code.visitVarInsn(Opcodes.LLOAD, 1);
        code.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, COUNT, COUNT_TYPE, false);
        endGuarded(code, handler, Opcodes.ARETURN);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        end(code, Opcodes.ARETURN);

        code = hook.visitMethod(Opcodes.ACC_PUBLIC, CLEAN, NOTHING, null, null);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitFieldInsn(Opcodes.GETFIELD, HOOK, REAL, CLEANUP_TYPE);
        code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, CLEANUP, CLEAN, NOTHING, false);
        handler = beginGuarded(code);
        code.visitLdcInsn(-1L);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitFieldInsn(Opcodes.GETFIELD, HOOK, BYTES, "J");
        code.visitInsn(Opcodes.LNEG);
        code.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, COUNT, COUNT_TYPE, false);
        endGuarded(code, handler, Opcodes.RETURN);
        end(code, Opcodes.RETURN);

        code = hook.visitMethod(Opcodes.ACC_STATIC, COUNT, COUNT_TYPE, null, null);
        for (int cell = 0; cell < 2; cell++) {
            code.visitFieldInsn(Opcodes.GETSTATIC, HOOK, LIVE, ARRAY_TYPE);
            code.visitInsn(Opcodes.ICONST_0 + cell);
            code.visitVarInsn(Opcodes.LLOAD, 2 * cell);
            code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, ARRAY, "getAndAdd", "(IJ)J", false);
            code.visitInsn(Opcodes.POP2);
        }
        end(code, Opcodes.RETURN);
        hook.visitEnd();
        return hook.toByteArray();
    }

    /** Begins what may fail without anybody's noticing. */
    private static Label beginGuarded(MethodVisitor code) {
        Label begin = new Label();
        Label handler = new Label();
        code.visitTryCatchBlock(begin, handler, handler, THROWABLE);
        code.visitLabel(begin);
        return handler;
    }

    private static void endGuarded(MethodVisitor code, Label handler, int returns) {
        code.visitInsn(returns);
        code.visitLabel(handler);
        code.visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {THROWABLE});
        code.visitInsn(Opcodes.POP);
    }

    private static void end(MethodVisitor code, int returns) {
        code.visitInsn(returns);
        code.visitMaxs(0, 0);
        code.visitEnd();
    }
}
