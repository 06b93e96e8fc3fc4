// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

/** What is put into the JDK's constructor of direct buffers. */
class BufferHookTest {

    private static final String CREATES_CLEANER = "(Ljava/lang/Object;Ljava/lang/Runnable;)Ljdk/internal/ref/Cleaner;";

    private final BufferHook hook = new BufferHook(null);

    @Test
    void standsOnBothSidesOfTheCleaner() {
        assertThat(Calls.in(hook.changed(withConstructor("(I)V")))).containsExactly("sampled", "create", "made");
    }

    @Test
    void leavesBuffersThatWereNotAllocatedAlone() {
        assertThat(hook.changed(withConstructor("(JJ)V"))).isNull();
    }

    @Test
    void findsItInThisJdk() throws Exception {
        try (InputStream file = Object.class.getResourceAsStream("/java/nio/DirectByteBuffer.class")) {
            byte[] changed = hook.changed(file.readAllBytes());
            assertThat(changed).isNotNull();
            assertThat(Calls.in(changed)).containsSubsequence("sampled", "create", "made");
            assertThat(Calls.in(changed)).containsOnlyOnce("sampled", "made");
        }
    }

    private static byte[] withConstructor(String descriptor) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V17, 0, "Some", null, "java/lang/Object", null);
        MethodVisitor code = writer.visitMethod(0, "<init>", descriptor, null, null);
        code.visitInsn(Opcodes.ACONST_NULL);
        code.visitInsn(Opcodes.ACONST_NULL);
        code.visitMethodInsn(Opcodes.INVOKESTATIC, "jdk/internal/ref/Cleaner", "create", CREATES_CLEANER, false);
        code.visitInsn(Opcodes.POP);
        code.visitInsn(Opcodes.RETURN);
        code.visitMaxs(0, 0);
        return writer.toByteArray();
    }
}
