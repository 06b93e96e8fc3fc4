// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * The seccomp profile containers get by default, as Debian ships it for Podman, in the form an OCI runtime reads: rules for
 * other architectures and capabilities are left out.
 */
final class ContainerProfile {

    private static final String PACKAGE = "golang-github-containers-common";
    private static final String FILE = "usr/share/containers/seccomp.json";

    /** Those of the calls' rules that Docker leaves to root; what else it leaves, no rule asks for. */
    private static final Set<String> CAPABILITIES = Set.of("CAP_SYS_CHROOT", "CAP_AUDIT_WRITE");

    private static final ObjectMapper JSON = new ObjectMapper();

    private ContainerProfile() {}

    /** Returns the text of a runtime's {@code linux.seccomp}. */
    static String text(GuestCache cache, Architecture architecture) {
        try {
            Path file = new DebianSuite(cache, "trixie", architecture)
                    .unpacked(PACKAGE)
                    .resolve(FILE);
            return runtimeProfile(JSON.readTree(Files.readString(file)), architecture);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String runtimeProfile(JsonNode shipped, Architecture architecture) {
        ObjectNode profile = JSON.createObjectNode();
        profile.set("defaultAction", shipped.get("defaultAction"));
        profile.set("defaultErrnoRet", shipped.get("defaultErrnoRet"));
        profile.putArray("architectures").add("SCMP_ARCH_" + architecture.name());
        ArrayNode rules = profile.putArray("syscalls");
        for (JsonNode rule : shipped.get("syscalls")) {
            if (applies(rule, architecture)) {
                ObjectNode copy = rules.addObject();
                for (String field : new String[] {"names", "action", "errnoRet", "args"}) {
                    JsonNode value = rule.path(field);
                    if (!value.isMissingNode() && !value.isNull()) {
                        copy.set(field, value);
                    }
                }
            }
        }
        return profile.toString();
    }

    private static boolean applies(JsonNode rule, Architecture architecture) {
        JsonNode includes = rule.path("includes");
        Set<String> arches = words(includes.path("arches"));
        Set<String> excluded = words(rule.path("excludes").path("caps"));
        excluded.retainAll(CAPABILITIES);
        return (arches.isEmpty() || arches.contains(architecture.debianName()))
                && CAPABILITIES.containsAll(words(includes.path("caps")))
                && excluded.isEmpty();
    }

    private static Set<String> words(JsonNode array) {
        Set<String> words = new TreeSet<>();
        array.forEach(word -> words.add(word.asText()));
        return words;
    }
}
