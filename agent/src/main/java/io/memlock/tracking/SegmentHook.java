// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import java.lang.instrument.Instrumentation;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongFunction;
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
    private static final String CONSTRUCTOR_TYPE = '(' + CLEANUP_TYPE + "J)V";
    private static final String REAL = "real";
    private static final String BYTES = "bytes";
    private static final String LIVE = "live";
    private static final String ARRAY = "java/util/concurrent/atomic/AtomicLongArray";
    private static final String ARRAY_TYPE = 'L' + ARRAY + ';';
    private static final String COUNT = "count";
    private static final String COUNT_TYPE = "(JJ)V";
    private static final String SAMPLER = "sampler";
    private static final String SAMPLE = "sample";
    private static final String OFFER = "offer";
    private static final String FORGET = "forget";
    private static final String OF_HOOK = "(L" + HOOK + ";)V";

    /** The class beside the JDK's; null until it is put in. */
    private Class<?> hook;

    SegmentHook(Instrumentation instrumentation) {
        super(instrumentation, HOOK);
    }

    /**
     * Puts it in.
     *
     * @param live of two numbers: the segments that live, and their bytes
     * @throws ReflectiveOperationException if this JDK is not as we know it; nothing has changed then
     */
    void install(AtomicLongArray live) throws ReflectiveOperationException {
        Class<?> target = Class.forName(TARGET, false, null);
        hook = define(target, hookClass());
        set(hook, LIVE, live);
        change(target);
    }

    /**
     * Offers each segment to a sampler from now on.
     *
     * @param sampler makes a sample of an allocation of so many bytes, which is run when they are freed; or null
     */
    void sample(LongFunction<?> sampler) throws ReflectiveOperationException {
        set(hook, SAMPLER, sampler);
    }

    /** Puts a cleanup of ours around each that the allocator makes. */
    @Override
    MethodVisitor withCalls(int access, String name, String descriptor, MethodVisitor next) {
        boolean isAllocator =
                (access & Opcodes.ACC_STATIC) != 0 && name.startsWith(ALLOCATE) && descriptor.startsWith(BYTES_FIRST);
        return !isAllocator
                ? next
                : new MethodVisitor(ASM_API, next) {
                    @Override
                    public void visitMethodInsn(
                            int opcode, String owner, String method, String type, boolean isInterface) {
                        if (type.equals(TAKES_CLEANUP) && opcode == Opcodes.INVOKEVIRTUAL) {
                            visitVarInsn(Opcodes.LLOAD, 0);
                            super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, COUNTED, COUNTED_TYPE, false);
                        }
                        super.visitMethodInsn(opcode, owner, method, type, isInterface);
                    }
                };
    }

    /**
     * Returns the class beside the JDK's:
     *
     * <pre>
     * final class MemlockSegmentHook extends ResourceCleanup {
     *     static AtomicLongArray live;
     *     static volatile LongFunction sampler;
     *     final ResourceCleanup real;
     *     final long bytes;
     *     Runnable sample;
     *
     *     static ResourceCleanup counted(ResourceCleanup real, long bytes) {
     *         try {
     *             MemlockSegmentHook hook = new MemlockSegmentHook(real, bytes);
     *             count(1, bytes);
     *             offer(hook);
     *             return hook;
     *         } catch (Throwable e) {
     *             return real;
     *         }
     *     }
     *
     *     public void cleanup() {
     *         real.cleanup();
     *         try {
     *             forget(this);
     *             count(-1, -bytes);
     *         } catch (Throwable e) {
     *         }
     *     }
     *
     *     static void offer(MemlockSegmentHook hook) {
     *         try {
     *             if (sampler != null) {
     *                 hook.sample = (Runnable) sampler.apply(hook.bytes);
     *             }
     *         } catch (Throwable e) {
     *         }
     *     }
     *
     *     static void forget(MemlockSegmentHook hook) {
     *         try {
     *             if (hook.sample != null) {
     *                 hook.sample.run();
     *             }
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
        addFields(hook);
        addConstructor(hook);
        addCounted(hook);
        addCleanup(hook);
        addOffer(hook);
        addForget(hook);
        addCount(hook);
        hook.visitEnd();
        return hook.toByteArray();
    }

    private static void addFields(ClassWriter hook) {
        hook.visitField(Opcodes.ACC_STATIC, LIVE, ARRAY_TYPE, null, null).visitEnd();
        hook.visitField(Opcodes.ACC_FINAL, REAL, CLEANUP_TYPE, null, null).visitEnd();
        hook.visitField(Opcodes.ACC_FINAL, BYTES, "J", null, null).visitEnd();
        hook.visitField(Opcodes.ACC_STATIC | Opcodes.ACC_VOLATILE, SAMPLER, LONG_FUNCTION_TYPE, null, null)
                .visitEnd();
        hook.visitField(0, SAMPLE, RUNNABLE_TYPE, null, null).visitEnd();
    }

    private static void addConstructor(ClassWriter hook) {
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
    }

    private static void addCounted(ClassWriter hook) {
        MethodVisitor code = hook.visitMethod(Opcodes.ACC_STATIC, COUNTED, COUNTED_TYPE, null, null);
        Label handler = beginGuarded(code);
        code.visitTypeInsn(Opcodes.NEW, HOOK);
        code.visitInsn(Opcodes.DUP);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitVarInsn(Opcodes.LLOAD, 1);
        code.visitMethodInsn(Opcodes.INVOKESPECIAL, HOOK, CONSTRUCTOR, CONSTRUCTOR_TYPE, false);
        code.visitInsn(Opcodes.DUP);
        code.visitInsn(Opcodes.LCONST_1);
        code.visitVarInsn(Opcodes.LLOAD, 1);
        code.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, COUNT, COUNT_TYPE, false);
        code.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, OFFER, OF_HOOK, false);
        endGuarded(code, handler, Opcodes.ARETURN);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        end(code, Opcodes.ARETURN);
    }

    private static void addCleanup(ClassWriter hook) {
        MethodVisitor code = hook.visitMethod(Opcodes.ACC_PUBLIC, CLEAN, NOTHING, null, null);
        loadField(code, REAL, CLEANUP_TYPE);
        code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, CLEANUP, CLEAN, NOTHING, false);
        Label handler = beginGuarded(code);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, FORGET, OF_HOOK, false);
        code.visitLdcInsn(-1L);
        loadField(code, BYTES, "J");
        code.visitInsn(Opcodes.LNEG);
        code.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, COUNT, COUNT_TYPE, false);
        endGuarded(code, handler, Opcodes.RETURN);
        end(code, Opcodes.RETURN);
    }

    private static void addOffer(ClassWriter hook) {
        MethodVisitor code = hook.visitMethod(Opcodes.ACC_STATIC, OFFER, OF_HOOK, null, null);
        Label handler = beginGuarded(code);
        Label not = new Label();
        code.visitFieldInsn(Opcodes.GETSTATIC, HOOK, SAMPLER, LONG_FUNCTION_TYPE);
        code.visitJumpInsn(Opcodes.IFNULL, not);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitFieldInsn(Opcodes.GETSTATIC, HOOK, SAMPLER, LONG_FUNCTION_TYPE);
        loadField(code, BYTES, "J");
        code.visitMethodInsn(Opcodes.INVOKEINTERFACE, LONG_FUNCTION, "apply", LONG_FUNCTION_APPLY, true);
        code.visitTypeInsn(Opcodes.CHECKCAST, RUNNABLE);
        code.visitFieldInsn(Opcodes.PUTFIELD, HOOK, SAMPLE, RUNNABLE_TYPE);
        code.visitLabel(not);
        code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
        endGuarded(code, handler, Opcodes.RETURN);
        end(code, Opcodes.RETURN);
    }

    private static void addForget(ClassWriter hook) {
        MethodVisitor code = hook.visitMethod(Opcodes.ACC_STATIC, FORGET, OF_HOOK, null, null);
        Label handler = beginGuarded(code);
        Label not = new Label();
        loadField(code, SAMPLE, RUNNABLE_TYPE);
        code.visitJumpInsn(Opcodes.IFNULL, not);
        loadField(code, SAMPLE, RUNNABLE_TYPE);
        code.visitMethodInsn(Opcodes.INVOKEINTERFACE, RUNNABLE, "run", NOTHING, true);
        code.visitLabel(not);
        code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
        endGuarded(code, handler, Opcodes.RETURN);
        end(code, Opcodes.RETURN);
    }

    private static void addCount(ClassWriter hook) {
        MethodVisitor code = hook.visitMethod(Opcodes.ACC_STATIC, COUNT, COUNT_TYPE, null, null);
        for (int cell = 0; cell < 2; cell++) {
            code.visitFieldInsn(Opcodes.GETSTATIC, HOOK, LIVE, ARRAY_TYPE);
            code.visitInsn(Opcodes.ICONST_0 + cell);
            code.visitVarInsn(Opcodes.LLOAD, 2 * cell);
            code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, ARRAY, "getAndAdd", "(IJ)J", false);
            code.visitInsn(Opcodes.POP2);
        }
        end(code, Opcodes.RETURN);
    }

    /** Writes code that loads a field of the object in the first variable. */
    private static void loadField(MethodVisitor code, String name, String type) {
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitFieldInsn(Opcodes.GETFIELD, HOOK, name, type);
    }
}
