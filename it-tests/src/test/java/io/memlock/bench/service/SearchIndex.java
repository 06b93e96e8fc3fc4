// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

/** An index of Lucene for {@link SearchWorkload}: texts of words of which some are frequent and most are not. */
public final class SearchIndex {

    /** The field that has the text. */
    static final String TEXT = "text";

    private static final int DOCUMENTS = 100_000;
    private static final int WORDS_OF_DOCUMENT = 120;
    private static final int VOCABULARY = 50_000;

    private SearchIndex() {}

    /** Writes it into a directory. It takes some 80 MB. */
    public static void write(Path path) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        try (Directory directory = new MMapDirectory(path);
                IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
            for (int i = 0; i < DOCUMENTS; i++) {
                StringBuilder text = new StringBuilder();
                for (int word = 0; word < WORDS_OF_DOCUMENT; word++) {
                    text.append(word(random)).append(' ');
                }
                Document document = new Document();
                document.add(new TextField(TEXT, text.toString(), Field.Store.YES));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
    }

    /** Returns a word of a text or a query. */
    static String word(SplittableRandom random) {
        return "w" + (int) (VOCABULARY * Math.pow(random.nextDouble(), 3));
    }
}
