// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** Lists the calls in a class file. */
final class Calls {

    private Calls() {}

    /** Returns the names of the methods that the class calls, in the order in which the calls stand there. */
    static List<String> in(byte[] classFile) {
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
