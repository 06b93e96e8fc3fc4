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
public final class RocksDbApp implements Store {

    private final Random random = new Random(1);
    private final String path;
    private RocksDB database;
    private int written;

    private RocksDbApp(String path) {
        this.path = path;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        RocksDB.loadLibrary();
        Store.run(new RocksDbApp(args[0]));
    }

    @Override
    public void write(int values) throws Exception {
        byte[] value = new byte[VALUE_BYTES];
        try (Options options = options();
                RocksDB writer = RocksDB.open(options, path)) {
            for (; written < values; written++) {
                random.nextBytes(value);
                writer.put(key(written), value);
            }
        }
    }

    /** Unadvised, the kernel reads ahead: the files fill the memory faster. */
    @Override
    public void open() throws Exception {
        database = RocksDB.open(options().setAllowMmapReads(true).setAdviseRandomOnOpen(false), path);
    }

    /** Buffers of 8 MiB: they are memory of the application's own, and locked. */
    private static Options options() {
        return new Options()
                .setCreateIfMissing(true)
                .setWriteBufferSize(8 << 20)
                .setCompressionType(CompressionType.NO_COMPRESSION);
    }

    @Override
    public long random(int reads) throws Exception {
        long sum = 0;
        for (int i = 0; i < reads; i++) {
            sum += database.get(key(random.nextInt(written))).length;
        }
        return sum;
    }

    @Override
    public long all() {
        long sum = 0;
        try (RocksIterator each = database.newIterator()) {
            for (each.seekToFirst(); each.isValid(); each.next()) {
                sum += each.value().length;
            }
        }
        return sum;
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }
}
