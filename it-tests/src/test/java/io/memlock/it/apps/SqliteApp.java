// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/**
 * Writes rows into an SQLite database ({@code write MEGABYTES}), opens it anew with {@code PRAGMA mmap_size}
 * ({@code open}), and reads rows here and there or one after the other ({@code random N}, {@code all}): native code maps the
 * file, the JDK does not know of it. Its argument is the directory.
 */
public final class SqliteApp implements Store {

    private static final long MAPPED_AT_MOST = 1L << 30;

    private final Random random = new Random(1);
    private final String url;
    private Connection database;
    private int rows;

    private SqliteApp(String directory) {
        url = "jdbc:sqlite:" + directory + "/rows.db";
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        Store.run(new SqliteApp(args[0]));
    }

    @Override
    public void write(int values) throws SQLException {
        byte[] data = new byte[VALUE_BYTES];
        try (Connection written = DriverManager.getConnection(url);
                Statement statement = written.createStatement()) {
            statement.execute("CREATE TABLE data (id INTEGER PRIMARY KEY, value BLOB)");
            written.setAutoCommit(false);
            try (PreparedStatement insert = written.prepareStatement("INSERT INTO data VALUES (?, ?)")) {
                for (; rows < values; rows++) {
                    random.nextBytes(data);
                    insert.setInt(1, rows);
                    insert.setBytes(2, data);
                    insert.executeUpdate();
                }
            }
            written.commit();
        }
    }

    @Override
    public void open() throws SQLException {
        database = DriverManager.getConnection(url);
        try (Statement statement = database.createStatement()) {
            statement.execute("PRAGMA mmap_size = " + MAPPED_AT_MOST);
        }
    }

    @Override
    public long random(int reads) throws SQLException {
        long sum = 0;
        try (PreparedStatement select = database.prepareStatement("SELECT value FROM data WHERE id = ?")) {
            for (int i = 0; i < reads; i++) {
                select.setInt(1, random.nextInt(rows));
                sum += bytes(select);
            }
        }
        return sum;
    }

    @Override
    public long all() throws SQLException {
        try (PreparedStatement select = database.prepareStatement("SELECT value FROM data")) {
            return bytes(select);
        }
    }

    private static long bytes(PreparedStatement select) throws SQLException {
        long sum = 0;
        try (ResultSet found = select.executeQuery()) {
            while (found.next()) {
                sum += found.getBytes(1).length;
            }
        }
        return sum;
    }
}
