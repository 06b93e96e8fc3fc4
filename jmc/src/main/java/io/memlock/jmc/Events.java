// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmc;

import static org.openjdk.jmc.common.unit.UnitLookup.FLAG;
import static org.openjdk.jmc.common.unit.UnitLookup.MEMORY;
import static org.openjdk.jmc.common.unit.UnitLookup.PLAIN_TEXT;
import static org.openjdk.jmc.common.unit.UnitLookup.RAW_NUMBER;
import static org.openjdk.jmc.common.unit.UnitLookup.TIMESPAN;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.openjdk.jmc.common.item.Attribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.item.ItemToolkit;
import org.openjdk.jmc.common.unit.ContentType;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit;

/** Reads from a recording the events that the rule needs, as records, by time. Names of events and fields are the agent's. */
final class Events {

    private final IItemCollection items;
    private final String pauseEvent;

    Events(IItemCollection items, String pauseEvent) {
        this.items = items;
        this.pauseEvent = pauseEvent;
    }

    /** What {@code memlock.Status} tells. Swapped bytes are -1 while they are not known. */
    record Status(IQuantity time, String state, long swappedBytes) {}

    /** What {@code memlock.CoverageLost} tells: the time is that of the last look before the loss. */
    record Loss(IQuantity from, IQuantity to, String region, long bytes, String reason, boolean isRelocked) {}

    /** What {@code memlock.Region} tells of swap. */
    record InSwap(IQuantity time, String region, long bytes) {}

    /** What {@code memlock.Faults} tells of page faults that waited for a disk. */
    record MajorFaults(IQuantity from, IQuantity to, long count) {}

    /** A pause of a collector, in which no thread of the application runs. */
    record Pause(IQuantity from, IQuantity to) {}

    List<Status> statuses() {
        return read("memlock.Status", item -> new Status(end(item), text(item, "state"), bytes(item, "swapped")));
    }

    List<Loss> losses() {
        return read(
                "memlock.CoverageLost",
                item -> new Loss(
                        end(item).subtract(member(item, "unlockedFor", TIMESPAN)),
                        end(item),
                        text(item, "region"),
                        bytes(item, "size"),
                        text(item, "reason"),
                        member(item, "relocked", FLAG)));
    }

    List<InSwap> inSwap() {
        return read("memlock.Region", item -> new InSwap(end(item), text(item, "region"), bytes(item, "swapped")));
    }

    List<MajorFaults> majorFaults() {
        return read(
                "memlock.Faults",
                item -> new MajorFaults(
                        end(item).subtract(member(item, "interval", TIMESPAN)),
                        end(item),
                        member(item, "majorFaults", RAW_NUMBER).longValue()));
    }

    List<Pause> pauses() {
        return read(pauseEvent, item -> new Pause(RulesToolkit.getStartTime(item), end(item)));
    }

    private interface Reader<R> {
        R read(IItem item);
    }

    private <R> List<R> read(String event, Reader<R> reader) {
        List<IItem> found = new ArrayList<>();
        for (IItemIterable ofOneType : items.apply(ItemFilters.type(event))) {
            ofOneType.forEach(found::add);
        }
        found.sort(Comparator.comparing(Events::end));
        return found.stream().map(reader::read).toList();
    }

    private static IQuantity end(IItem item) {
        return RulesToolkit.getEndTime(item);
    }

    private static String text(IItem item, String field) {
        return member(item, field, PLAIN_TEXT);
    }

    private static long bytes(IItem item, String field) {
        return member(item, field, MEMORY).clampedLongValueIn(UnitLookup.BYTE);
    }

    /** Returns the value of a field. An event without it comes from an agent that this rule does not know. */
    private static <T> T member(IItem item, String field, ContentType<T> type) {
        IMemberAccessor<T, IItem> accessor = Attribute.attr(field, type).getAccessor(ItemToolkit.getItemType(item));
        T value = accessor == null ? null : accessor.getMember(item);
        if (value == null) {
            throw new IllegalArgumentException(item.getType().getIdentifier() + " has no field " + field);
        }
        return value;
    }
}
