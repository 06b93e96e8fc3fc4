// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The container image of the jar, as {@code packaging/image} makes it, and as a container runtime reads it. */
final class ImageLayer {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path layout;

    private ImageLayer(Path layout) {
        this.layout = layout;
    }

    /**
     * Makes the image and unpacks the layer of one architecture.
     *
     * @param work a directory for what is made on the way
     * @param volume where the files of the layer go; made
     */
    static void unpack(Architecture architecture, Path work, Path volume) throws IOException {
        Path layout = Files.createDirectories(work.resolve("layout"));
        Path script = AgentJar.path().resolveSibling("../../packaging/image").normalize();
        Commands.succeed(script.toString(), work.toString());
        Commands.succeed("sh", "-ec", "tar -x -C '" + layout + "' -f '" + work + "'/memlock-agent-*-oci.tar");
        ImageLayer image = new ImageLayer(layout);
        Path layer = image.layer(architecture);
        Files.createDirectories(volume);
        Commands.succeed("tar", "-x", "-C", volume.toString(), "-f", layer.toString());
        try (Stream<Path> files = Files.list(volume)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).toList();
            if (!names.equals(List.of("memlock-agent.jar"))) {
                throw new IllegalStateException("the image does not hold the jar alone: " + names);
            }
        }
    }

    /** Goes from the index of the layout to that of the image, to the manifest of the architecture, to its only layer. */
    private Path layer(Architecture architecture) throws IOException {
        JsonNode ofLayout = JSON.readTree(Files.readString(layout.resolve("index.json")));
        JsonNode ofImage = JSON.readTree(Files.readString(blob(only(ofLayout.get("manifests")))));
        for (JsonNode each : ofImage.get("manifests")) {
            if (each.at("/platform/architecture").asText().equals(architecture.debianName())) {
                JsonNode manifest = JSON.readTree(Files.readString(blob(each)));
                return blob(only(manifest.get("layers")));
            }
        }
        throw new IllegalStateException("no manifest for " + architecture + ": " + ofImage);
    }

    private static JsonNode only(JsonNode array) {
        if (array.size() != 1) {
            throw new IllegalStateException("not one: " + array);
        }
        return array.get(0);
    }

    /** A blob is named after its checksum, and that is checked as a runtime would. */
    private Path blob(JsonNode descriptor) {
        String digest = descriptor.get("digest").asText().replaceFirst("^sha256:", "");
        Path blob = layout.resolve("blobs/sha256").resolve(digest);
        String sum = Commands.succeed("sha256sum", blob.toString());
        if (!sum.startsWith(digest + " ")) {
            throw new IllegalStateException("the checksum of " + blob + " is " + sum);
        }
        return blob;
    }
}
