// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.files.FileOpener;
import io.memlock.memory.Mapping;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a real JVM showed once, from {@code src/test/resources/hotspot}. The first line of each file says where it comes
 * from.
 */
record CapturedJvm(String name) implements DiagnosticCommands {

    static Stream<CapturedJvm> all() {
        return Stream.of("jdk17", "jdk25")
                .flatMap(jdk -> Stream.of("serial", "parallel", "g1", "z", "shenandoah", "epsilon")
                        .map(collector -> new CapturedJvm(jdk + "-" + collector)));
    }

    List<Mapping> mappings() throws IOException {
        return CapturedMaps.parse(new ByteArrayInputStream(text("maps").getBytes(StandardCharsets.UTF_8)));
    }

    /** What the layers give that need no access to its memory. */
    KnownRanges known(Path directory) throws IOException {
        List<Mapping> mappings = mappings();
        ReportsLayer reports = new ReportsLayer(this);
        reports.refresh(new RegionClassifier(KnownRanges.of(List.of(), 4096)).classify(mappings), 0);
        List<KnownRange> claims = new ArrayList<>(reports.ranges());
        claims.addAll(stacks(directory).ranges(mappings));
        return KnownRanges.of(claims, 4096);
    }

    private NativeStacks stacks(Path directory) throws IOException {
        int id = 1;
        for (String line : text("syscall").lines().toList()) {
            Path task = Files.createDirectories(directory.resolve("task").resolve(Integer.toString(id++)));
            Files.writeString(task.resolve("syscall"), line + "\n");
        }
        NativeStacks stacks = new NativeStacks(new FileOpener.Jdk(), directory.toString());
        stacks.refresh(Set.of());
        return stacks;
    }

    @Override
    public String execute(String command) throws IOException {
        return switch (command) {
            case DiagnosticReports.METASPACE -> text("vslist");
            case DiagnosticReports.CODE_CACHE -> text("codecache");
            case DiagnosticReports.HEAP -> text("heap_info");
            default -> throw new IOException("Unknown diagnostic command");
        };
    }

    String text(String file) throws IOException {
        String resource = "/hotspot/" + name + "/" + file + ".txt";
        try (InputStream in = CapturedJvm.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no resource " + resource);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.substring(text.indexOf('\n') + 1);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
