// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarFile;

/** The entries of the agent jar that have many classes each: see the build's {@code AssembleJar}. */
public final class PackedClasses {

    /** The one with those that run before {@code main}. */
    public static final String START = "inst/start.classes";

    private PackedClasses() {}

    /** What a jar has in one: the names as in a class file, with the class files. */
    public static Map<String, byte[]> in(JarFile jar, String entry) throws IOException {
        try (InputStream in = jar.getInputStream(jar.getEntry(entry))) {
            return read(in.readAllBytes());
        }
    }

    public static Map<String, byte[]> read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        DataInputStream index = new DataInputStream(new ByteArrayInputStream(in.readNBytes(in.readInt())));
        Map<String, byte[]> classes = new LinkedHashMap<>();
        while (index.available() > 0) {
            classes.put(index.readUTF(), in.readNBytes(index.readInt()));
        }
        return classes;
    }

    public static byte[] write(Map<String, byte[]> classes) throws IOException {
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(index);
        for (Map.Entry<String, byte[]> type : classes.entrySet()) {
            out.writeUTF(type.getKey());
            out.writeInt(type.getValue().length);
            bytes.write(type.getValue());
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        new DataOutputStream(all).writeInt(index.size());
        index.writeTo(all);
        bytes.writeTo(all);
        return all.toByteArray();
    }
}
