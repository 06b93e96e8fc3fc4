// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.nio.file.Path;
import java.util.Random;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

/**
 * Writes an index of stored documents into a directory ({@code write MEGABYTES}), maps it ({@code open}), and reads documents
 * here and there or one after the other ({@code random N}, {@code all}). Its argument is the directory.
 */
public final class LuceneApp implements Store {

    private final Random random = new Random(1);
    private final Directory directory;
    private DirectoryReader reader;

    private LuceneApp(Path path) throws Exception {
        directory = new MMapDirectory(path);
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        Store.run(new LuceneApp(Path.of(args[0])));
    }

    @Override
    public void write(int values) throws Exception {
        byte[] bytes = new byte[VALUE_BYTES];
        IndexWriterConfig config = new IndexWriterConfig(null)
                .setMergePolicy(NoMergePolicy.INSTANCE)
                .setUseCompoundFile(false);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (int i = 0; i < values; i++) {
                random.nextBytes(bytes);
                Document document = new Document();
                document.add(new StoredField("data", bytes));
                writer.addDocument(document);
            }
        }
    }

    @Override
    public void open() throws Exception {
        reader = DirectoryReader.open(directory);
    }

    @Override
    public long random(int documents) throws Exception {
        long sum = 0;
        for (int i = 0; i < documents; i++) {
            sum += read(random.nextInt(reader.maxDoc()));
        }
        return sum;
    }

    @Override
    public long all() throws Exception {
        long sum = 0;
        for (int i = 0; i < reader.maxDoc(); i++) {
            sum += read(i);
        }
        return sum;
    }

    private long read(int document) throws Exception {
        return reader.storedFields().document(document).getBinaryValue("data").length;
    }
}
