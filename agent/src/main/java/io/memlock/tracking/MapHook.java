// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import java.lang.instrument.Instrumentation;
import java.util.function.Consumer;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Adds a call behind the JDK's own {@code mmap} of a file, which all forms of {@code FileChannel.map} use. The call
 * goes to a small class that is defined beside the JDK's, because the JDK's classes can see none of ours.
 */
final class MapHook extends JdkHook {

    /** The class that has {@code map0} since JDK 21. */
    private static final String SINCE_21 = "sun.nio.ch.UnixFileDispatcherImpl";

    private static final String BEFORE = "sun.nio.ch.FileChannelImpl";

    /** The JDK's native method. Before JDK 21 its receiver knows the file, since then it is the first argument. */
    private static final String MAP = "map0";

    private static final String MAP_BY_RECEIVER = "(IJJZ)J";

    private static final String MAP_BY_ARGUMENT = "(Ljava/io/FileDescriptor;IJJZ)J";

    private static final String HOOK = "sun/nio/ch/MemlockMapHook";

    private static final String LISTENER = "listener";

    private static final String CONSUMER = "java/util/function/Consumer";

    private static final String CONSUMER_TYPE = "Ljava/util/function/Consumer;";

    private static final String MAPPED = "mapped";

    private static final String MAPPED_TYPE = "(Ljava/io/FileDescriptor;JJ)V";

    private static final String FILE_TYPE = "Ljava/io/FileDescriptor;";

    MapHook(Instrumentation instrumentation) {
        super(instrumentation, HOOK);
    }

    /**
     * Puts it in.
     *
     * @param listener told of each mapping, on the thread that maps, before it gets the address: the file descriptor, and of
     *     the mapping the address and the bytes. It must not throw
     * @return the class it was put into
     * @throws ReflectiveOperationException if this JDK is not as we know it; nothing has changed then
     */
    String install(Consumer<long[]> listener) throws ReflectiveOperationException {
        Class<?> target = target();
        set(define(target, hookClass()), LISTENER, listener);
        change(target);
        return target.getName();
    }

    private static Class<?> target() throws ClassNotFoundException {
        try {
            return Class.forName(SINCE_21, false, null);
        } catch (ClassNotFoundException e) {
            return Class.forName(BEFORE, false, null);
        }
    }

    @Override
    MethodVisitor withCalls(int access, String name, String descriptor, MethodVisitor next) {
        return new CallAfterMap(next);
    }

    /**
     * Returns the class beside the JDK's:
     *
     * <pre>
     * static volatile Consumer listener;
     *
     * static void mapped(FileDescriptor file, long address, long bytes) {
     *     try {
     *         listener.accept(new long[] {IOUtil.fdVal(file), address, bytes});
     *     } catch (Throwable e) {
     *     }
     * }
     * </pre>
     */
    private static byte[] hookClass() {
        ClassWriter hook = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        hook.visit(Opcodes.V17, Opcodes.ACC_FINAL | Opcodes.ACC_SUPER, HOOK, null, "java/lang/Object", null);
        hook.visitField(Opcodes.ACC_STATIC | Opcodes.ACC_VOLATILE, LISTENER, CONSUMER_TYPE, null, null)
                .visitEnd();
        MethodVisitor code = hook.visitMethod(Opcodes.ACC_STATIC, MAPPED, MAPPED_TYPE, null, null);
        Label handler = beginGuarded(code);
        code.visitFieldInsn(Opcodes.GETSTATIC, HOOK, LISTENER, CONSUMER_TYPE);
        code.visitInsn(Opcodes.ICONST_3);
        code.visitIntInsn(Opcodes.NEWARRAY, Opcodes.T_LONG);
        code.visitInsn(Opcodes.DUP);
        code.visitInsn(Opcodes.ICONST_0);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitMethodInsn(Opcodes.INVOKESTATIC, "sun/nio/ch/IOUtil", "fdVal", "(" + FILE_TYPE + ")I", false);
        code.visitInsn(Opcodes.I2L);
        code.visitInsn(Opcodes.LASTORE);
        code.visitInsn(Opcodes.DUP);
        code.visitInsn(Opcodes.ICONST_1);
        code.visitVarInsn(Opcodes.LLOAD, 1);
        code.visitInsn(Opcodes.LASTORE);
        code.visitInsn(Opcodes.DUP);
        code.visitInsn(Opcodes.ICONST_2);
        code.visitVarInsn(Opcodes.LLOAD, 3);
        code.visitInsn(Opcodes.LASTORE);
        code.visitMethodInsn(Opcodes.INVOKEINTERFACE, CONSUMER, "accept", "(Ljava/lang/Object;)V", true);
        endGuarded(code, handler, Opcodes.RETURN);
        end(code, Opcodes.RETURN);
        hook.visitEnd();
        return hook.toByteArray();
    }

    /** Puts the call behind each call of the native method. */
    private static final class CallAfterMap extends MethodVisitor {

        private static final int FILE = FIRST_FREE;
        private static final int PROTECTION = FILE + 1;
        private static final int POSITION = PROTECTION + 1;
        private static final int ADDRESS = POSITION;
        private static final int BYTES = POSITION + 2;
        private static final int IS_SYNC = BYTES + 2;

        CallAfterMap(MethodVisitor next) {
            super(ASM_API, next);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String method, String parameters, boolean isInterface) {
            boolean byReceiver = method.equals(MAP) && parameters.equals(MAP_BY_RECEIVER);
            boolean byArgument = method.equals(MAP) && parameters.equals(MAP_BY_ARGUMENT);
            if (byReceiver || byArgument) {
                keepArguments();
            }
            super.visitMethodInsn(opcode, owner, method, parameters, isInterface);
            if (byReceiver || byArgument) {
                callHook(byReceiver ? owner : null);
            }
        }

        /** Keeps them in variables of our own. */
        private void keepArguments() {
            visitVarInsn(Opcodes.ISTORE, IS_SYNC);
            visitVarInsn(Opcodes.LSTORE, BYTES);
            visitVarInsn(Opcodes.LSTORE, POSITION);
            visitVarInsn(Opcodes.ISTORE, PROTECTION);
            visitInsn(Opcodes.DUP);
            visitVarInsn(Opcodes.ASTORE, FILE);
            visitVarInsn(Opcodes.ILOAD, PROTECTION);
            visitVarInsn(Opcodes.LLOAD, POSITION);
            visitVarInsn(Opcodes.LLOAD, BYTES);
            visitVarInsn(Opcodes.ILOAD, IS_SYNC);
        }

        /** Calls the hook, and leaves the address on the stack. */
        private void callHook(String channel) {
            visitInsn(Opcodes.DUP2);
            visitVarInsn(Opcodes.LSTORE, ADDRESS);
            visitVarInsn(Opcodes.ALOAD, FILE);
            if (channel != null) {
                visitFieldInsn(Opcodes.GETFIELD, channel, "fd", FILE_TYPE);
            }
            visitVarInsn(Opcodes.LLOAD, ADDRESS);
            visitVarInsn(Opcodes.LLOAD, BYTES);
            super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, MAPPED, MAPPED_TYPE, false);
        }
    }
}
