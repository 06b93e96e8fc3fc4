// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.MMapDirectory;

/**
 * A search service: most requests find their answer in a cache on the heap, the others search an index that Lucene has
 * mapped, and their answer takes another's place.
 */
final class SearchWorkload implements Workload {

    private static final int HITS = 10;
    private static final double SEARCHED_SHARE = 0.1;

    private final SplittableRandom random = new SplittableRandom(2);
    private final IndexSearcher searcher;
    private final byte[][] answers;

    /**
     * Opens the index and fills the cache.
     *
     * @param index the directory of a {@link SearchIndex}
     * @param cacheMegabytes size of the cache
     */
    SearchWorkload(Path index, int cacheMegabytes) throws IOException {
        searcher = new IndexSearcher(DirectoryReader.open(new MMapDirectory(index)));
        byte[] first = search();
        answers = new byte[(int) (((long) cacheMegabytes << 20) / first.length)][];
        answers[0] = first;
        for (int i = 1; i < answers.length; i++) {
            answers[i] = i % HITS == 0 ? search() : Arrays.copyOf(first, first.length);
        }
        System.gc();
    }

    @Override
    public long serve(long number, double progress) {
        int place = random.nextInt(answers.length);
        if (random.nextDouble() < SEARCHED_SHARE) {
            answers[place] = search();
        }
        long sum = 0;
        for (byte letter : answers[place]) {
            sum += letter;
        }
        return sum;
    }

    /** Searches for one of two words, and returns the texts that fit best. */
    private byte[] search() {
        BooleanQuery query = new BooleanQuery.Builder()
                .add(term(), BooleanClause.Occur.SHOULD)
                .add(term(), BooleanClause.Occur.SHOULD)
                .build();
        StringBuilder answer = new StringBuilder();
        try {
            StoredFields texts = searcher.storedFields();
            for (ScoreDoc hit : searcher.search(query, HITS).scoreDocs) {
                answer.append(texts.document(hit.doc).get(SearchIndex.TEXT)).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return answer.toString().getBytes(StandardCharsets.UTF_8);
    }

    private TermQuery term() {
        return new TermQuery(new Term(SearchIndex.TEXT, SearchIndex.word(random)));
    }
}
