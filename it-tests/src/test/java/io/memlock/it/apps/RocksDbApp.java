// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.nio.ByteBuffer;
import java.util.Random;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksIterator;

/**
 * Writes values into a RocksDB database ({@code write MEGABYTES}), opens it anew with reads through maps of its files
 * ({@code open}), and reads values here and there or one after the other ({@code random N}, {@code all}): native code maps
 * the files, the JDK does not know of them. Its argument is the directory.
 */
public final class RocksDbApp {

    private static final int VALUE_BYTES = 64 << 10;
    private static final int VALUES_IN_MEGABYTE = 16;

    private final Random random = new Random(1);
    private final String path;
    private RocksDB database;
    private int values;

    private RocksDbApp(String path) {
        this.path = path;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        RocksDB.loadLibrary();
        RocksDbApp app = new RocksDbApp(args[0]);
        CommandLoop.run(app::handle);
    }

    private String handle(String command, String[] arguments) throws Exception {
        return switch (command) {
            case "write" -> write(Integer.parseInt(arguments[0]));
            case "open" -> open();
            case "random" -> random(Integer.parseInt(arguments[0]));
            case "all" -> all();
            default -> throw CommandLoop.unknown(command);
        };
    }

    private String write(int megabytes) throws Exception {
        byte[] value = new byte[VALUE_BYTES];
        try (Options options = options();
                RocksDB written = RocksDB.open(options, path)) {
            for (; values < megabytes * VALUES_IN_MEGABYTE; values++) {
                random.nextBytes(value);
                written.put(key(values), value);
            }
        }
        return "";
    }

    /** Unadvised, the kernel reads ahead: the files fill the memory faster. */
    private String open() throws Exception {
        database = RocksDB.open(options().setAllowMmapReads(true).setAdviseRandomOnOpen(false), path);
        return "";
    }

    /** Buffers of 8 MiB: they are memory of the application's own, and locked. */
    private static Options options() {
        return new Options()
                .setCreateIfMissing(true)
                .setWriteBufferSize(8 << 20)
                .setCompressionType(CompressionType.NO_COMPRESSION);
    }

    private String random(int reads) throws Exception {
        long sum = 0;
        for (int i = 0; i < reads; i++) {
            sum += database.get(key(random.nextInt(values))).length;
        }
        return Long.toString(sum);
    }

    private String all() {
        long sum = 0;
        try (RocksIterator each = database.newIterator()) {
            for (each.seekToFirst(); each.isValid(); each.next()) {
                sum += each.value().length;
            }
        }
        return Long.toString(sum);
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }
}
