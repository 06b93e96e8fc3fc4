// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import nl.jqno.equalsverifier.EqualsVerifier;
import nl.jqno.equalsverifier.Warning;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records whose {@code equals} is written out go by every component, also by one that is added later. */
class WrittenOutEqualsTest {

    @ParameterizedTest
    @ValueSource(classes = {Mapping.class, Segment.class, Selection.class, PassConditions.class})
    void goesByEveryComponent(Class<?> type) {
        EqualsVerifier.forClass(type)
                .suppress(Warning.STRICT_HASHCODE, Warning.NULL_FIELDS)
                .verify();
    }
}
