// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

/** The call that is put into the JDK's class. */
class MapHookTest {

    @Test
    void followsEachCallThatMaps() throws IOException {
        byte[] changed = MapHook.withCall(classFile("sun/nio/ch/UnixFileDispatcherImpl", "sun/nio/ch/FileChannelImpl"));

        List<String> calls = calls(changed);
        assertThat(calls).contains("map0");
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).equals("map0")) {
                assertThat(calls.get(i + 1)).isEqualTo("mapped");
            }
        }
        assertThat(calls.stream().filter("mapped"::equals).count())
                .isEqualTo(calls.stream().filter("map0"::equals).count());
    }

    @Test
    void isNotPutIntoAClassThatMapsNothing() throws IOException {
        assertThat(MapHook.withCall(classFile("java/lang/Object"))).isNull();
    }

    @Test
    void leavesAllOtherClassesAlone() throws IOException {
        MapHook hook = new MapHook(null);

        byte[] classFile = classFile("java/lang/Object");
        assertThat(hook.transform(null, null, "java/lang/Object", Object.class, null, classFile))
                .isNull();
        assertThat(hook.transform(null, null, null, null, null, classFile)).isNull();
    }

    private static byte[] classFile(String... names) throws IOException {
        for (String name : names) {
            try (InputStream in = ClassLoader.getSystemResourceAsStream(name + ".class")) {
                if (in != null) {
                    return in.readAllBytes();
                }
            }
        }
        throw new IOException("none of " + List.of(names));
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
