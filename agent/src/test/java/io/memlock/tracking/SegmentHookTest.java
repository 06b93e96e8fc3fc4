// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

/** What is put into the JDK's allocator of native segments, which JDK 17 does not have. */
class SegmentHookTest {

    private static final String CLEANUP = "jdk/internal/foreign/MemorySessionImpl$ResourceList$ResourceCleanup";
    private static final String ADD = "addOrCleanupIfFail";

    private final SegmentHook hook = new SegmentHook(null);

    @Test
    void standsBeforeTheArenaGetsItsCleanup() {
        assertThat(calls(hook.changed(withMethod("allocateNativeInternal", "(JJ)V", Opcodes.ACC_STATIC))))
                .containsExactly("counted", ADD);
    }

    @Test
    void leavesMappedFilesAndWhatItDoesNotKnowAlone() {
        assertThat(hook.changed(withMethod("mapSegment", "(JJ)V", Opcodes.ACC_STATIC)))
                .isNull();
        assertThat(hook.changed(withMethod("allocateNativeInternal", "(IJ)V", Opcodes.ACC_STATIC)))
                .isNull();
        assertThat(hook.changed(withMethod("allocateNativeInternal", "(JJ)V", 0)))
                .as("its first argument is itself")
                .isNull();
    }

    /** A class with one method, which gives an arena a cleanup. */
    private static byte[] withMethod(String name, String descriptor, int access) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V17, 0, "Some", null, "java/lang/Object", null);
        MethodVisitor code = writer.visitMethod(access, name, descriptor, null, null);
        code.visitInsn(Opcodes.ACONST_NULL);
        code.visitInsn(Opcodes.ACONST_NULL);
        code.visitMethodInsn(
                Opcodes.INVOKEVIRTUAL, "jdk/internal/foreign/MemorySessionImpl", ADD, "(L" + CLEANUP + ";)V", false);
        code.visitInsn(Opcodes.RETURN);
        code.visitMaxs(0, 0);
        return writer.toByteArray();
    }

    private static List<String> calls(byte[] classFile) {
        List<String> calls = new ArrayList<>();
        ClassVisitor visitor = new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(
                    int access, String name, String descriptor, String signature, String[] exceptions) {
                return new MethodVisitor(Opcodes.ASM9) {
                    @Override
                    public void visitMethodInsn(
                            int opcode, String owner, String method, String parameters, boolean isInterface) {
                        calls.add(method);
                    }
                };
            }
        };
        new ClassReader(classFile).accept(visitor, 0);
        return calls;
    }
}
