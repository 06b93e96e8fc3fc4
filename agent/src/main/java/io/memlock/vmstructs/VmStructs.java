// SPDX-License-Identifier: Apache-2.0
package io.memlock.vmstructs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reads the tables that HotSpot exports for debuggers: where its structures and fields are. The fields change from
 * release to release without notice, so every field may be missing. vmStructs.cpp
 */
public final class VmStructs {

    private static final String PREFIX = "gHotSpotVM";
    private static final int MOST_ENTRIES = 20_000;

    private final Map<String, Long> fields = new HashMap<>();
    private final Map<String, Integer> constants = new HashMap<>();

    /**
     * Reads the tables.
     *
     * @param memory a snapshot to read through
     * @param wantedFields names of the fields to look for, {@code Type::_field}
     * @param constantPrefix what the names of the constants to look for start with
     * @throws IOException if they are not there
     */
    public VmStructs(MemorySnapshot memory, ElfImage libjvm, Set<String> wantedFields, String constantPrefix)
            throws IOException {
        Map<String, Long> symbols = libjvm.symbols(PREFIX);
        readFields(memory, symbols, wantedFields);
        readConstants(memory, symbols, constantPrefix);
    }

    /**
     * Returns the address of a static field, or the offset of any other in its object.
     *
     * @param name {@code Type::_field}
     * @throws IOException if this JVM does not tell
     */
    public long field(String name) throws IOException {
        Long value = fields.get(name);
        if (value == null) {
            throw new IOException("this JVM does not tell where " + name + " is");
        }
        return value;
    }

    /**
     * Returns the first of some fields that this JVM tells of, as {@link #field}: one that has moved from type to type.
     *
     * @param names as of {@link #field}
     * @return -1 if it tells of none
     */
    public long fieldOfAny(String... names) {
        for (String name : names) {
            Long value = fields.get(name);
            if (value != null) {
                return value;
            }
        }
        return -1;
    }

    /**
     * Returns a constant of the JVM.
     *
     * @param name {@code Type::Constant}
     * @throws IOException if this JVM does not tell
     */
    public int constant(String name) throws IOException {
        Integer value = constants.get(name);
        if (value == null) {
            throw new IOException("this JVM does not tell what " + name + " is");
        }
        return value;
    }

    private void readFields(MemorySnapshot memory, Map<String, Long> symbols, Set<String> wanted) throws IOException {
        long typeName = number(memory, symbols, "StructEntryTypeNameOffset");
        long fieldName = number(memory, symbols, "StructEntryFieldNameOffset");
        long isStatic = number(memory, symbols, "StructEntryIsStaticOffset");
        long offset = number(memory, symbols, "StructEntryOffsetOffset");
        long fixedAddress = number(memory, symbols, "StructEntryAddressOffset");
        long stride = number(memory, symbols, "StructEntryArrayStride");
        Set<String> wantedTypes = types(wanted);
        long typeAddress = 0;
        String type = "";
        boolean isWanted = false;
        long entry = number(memory, symbols, "Structs");
        for (int i = 0; i < MOST_ENTRIES; i++, entry += stride) {
            long address = memory.word(entry + typeName);
            if (address == 0) {
                break;
            }
            if (address != typeAddress) { // the fields of a type follow each other
                typeAddress = address;
                type = memory.string(address);
                isWanted = wantedTypes.contains(type);
            }
            if (isWanted) {
                String name = type + "::" + memory.string(memory.word(entry + fieldName));
                if (wanted.contains(name)) {
                    boolean fixed = memory.int32(entry + isStatic) != 0;
                    fields.put(name, memory.word(entry + (fixed ? fixedAddress : offset)));
                }
            }
        }
    }

    private void readConstants(MemorySnapshot memory, Map<String, Long> symbols, String prefix) throws IOException {
        long nameOffset = number(memory, symbols, "IntConstantEntryNameOffset");
        long valueOffset = number(memory, symbols, "IntConstantEntryValueOffset");
        long stride = number(memory, symbols, "IntConstantEntryArrayStride");
        long entry = number(memory, symbols, "IntConstants");
        byte[] start = prefix.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < MOST_ENTRIES; i++, entry += stride) {
            long nameAddress = memory.word(entry + nameOffset);
            if (nameAddress == 0) {
                break;
            }
            if (memory.startsWith(nameAddress, start)) {
                constants.put(memory.string(nameAddress), memory.int32(entry + valueOffset));
            }
        }
    }

    private static Set<String> types(Set<String> names) {
        Set<String> types = new HashSet<>();
        for (String name : names) {
            types.add(name.substring(0, name.lastIndexOf("::")));
        }
        return types;
    }

    private static long number(MemorySnapshot memory, Map<String, Long> symbols, String name) throws IOException {
        Long address = symbols.get(PREFIX + name);
        if (address == null) {
            throw new IOException("libjvm.so does not export " + PREFIX + name);
        }
        return memory.word(address);
    }
}
