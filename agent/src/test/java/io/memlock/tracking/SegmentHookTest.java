// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import static org.assertj.core.api.Assertions.assertThat;

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
        assertThat(Calls.in(hook.changed(withMethod("allocateNativeInternal", "(JJ)V", Opcodes.ACC_STATIC))))
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
}
