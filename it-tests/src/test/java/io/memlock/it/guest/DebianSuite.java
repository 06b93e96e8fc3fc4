// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import io.memlock.it.harness.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The packages of one Debian suite for one architecture. They come from the mirror this machine's own apt uses, through an
 * apt configuration of their own in the cache: nothing is installed, and this machine's apt does not notice.
 */
final class DebianSuite {

    private static final String KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

    /** As {@code 'uri' file size hash}, what apt-get prints of each package it would fetch. */
    private static final Pattern PRINTED_URI = Pattern.compile("^'[^']+' (\\S+\\.deb) ", Pattern.MULTILINE);

    private final GuestCache cache;
    private final String suite;
    private final Architecture architecture;

    DebianSuite(GuestCache cache, String suite, Architecture architecture) {
        this.cache = cache;
        this.suite = suite;
        this.architecture = architecture;
    }

    /** Returns whether the mirror that this machine's apt uses is one of Debian. */
    static boolean isOfThisMachine() {
        return Files.exists(Path.of(KEYRING))
                && Commands.run("grep", "-qx", "ID=debian", "/etc/os-release").exitStatus() == 0;
    }

    /** Returns an archive for an initramfs with one package, without what it depends on. */
    Path archive(String debianPackage) {
        return cache.make(name(debianPackage + ".cpio"), archive -> {
            Progress.say("packing " + debianPackage + " for " + architecture);
            RootTree.pack(archive, List.of(download(debianPackage)));
        });
    }

    /** Returns an archive for an initramfs with packages and all they depend on. */
    Path archiveWithDependencies(List<String> packages) {
        return cache.make(name(String.join("+", packages) + ".cpio"), archive -> {
            Progress.say("packing " + packages + " and what they depend on, for " + architecture);
            RootTree.pack(archive, downloadWithDependencies(packages));
        });
    }

    /** Returns the directory with one package unpacked. */
    Path unpacked(String debianPackage) {
        return cache.make(
                name(debianPackage), directory -> RootTree.unpack(directory, List.of(download(debianPackage))));
    }

    /** Returns the directory with a package that a metapackage stands for, unpacked. */
    Path unpackedDependency(String metaPackage, String prefix) {
        return cache.make(name(metaPackage), directory -> {
            Matcher depends =
                    Pattern.compile("Depends: (" + prefix + "\\S+)").matcher(apt("apt-cache", "depends", metaPackage));
            if (!depends.find()) {
                throw new IllegalStateException(metaPackage + " of " + suite + " depends on no " + prefix);
            }
            RootTree.unpack(directory, List.of(download(depends.group(1))));
        });
    }

    private String name(String what) {
        return suite + "-" + architecture.debianName() + "/" + what;
    }

    private Path download(String debianPackage) {
        Progress.say("fetching " + debianPackage + " of " + suite + " for " + architecture);
        apt("apt-get", "-q", "download", debianPackage);
        return newest(debianPackage);
    }

    private Path newest(String debianPackage) {
        try (Stream<Path> files = Files.list(archives())) {
            return files.filter(file -> file.getFileName().toString().startsWith(debianPackage + "_"))
                    .max(Path::compareTo)
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> downloadWithDependencies(List<String> packages) {
        Progress.say("fetching " + packages + " of " + suite + " for " + architecture);
        List<String> install = new ArrayList<>(List.of("-q", "-y", "install"));
        install.addAll(packages);
        // Of what is in its cache already nothing is printed.
        List<String> print = new ArrayList<>(
                List.of("-oDir::Cache::archives=" + configuration().resolve("empty"), "--print-uris"));
        print.addAll(install);
        List<Path> files = new ArrayList<>();
        Matcher printed = PRINTED_URI.matcher(apt("apt-get", print.toArray(String[]::new)));
        while (printed.find()) {
            files.add(archives().resolve(printed.group(1)));
        }
        install.add(0, "--download-only");
        apt("apt-get", install.toArray(String[]::new));
        return files;
    }

    private Path archives() {
        return configuration().resolve("cache/archives");
    }

    private String apt(String command, String... arguments) {
        Path directory = configuration();
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(options(directory));
        words.addAll(List.of(arguments));
        return Commands.succeedAtLength(archives(), words);
    }

    private Path configuration() {
        return cache.make(name("apt"), directory -> {
            Progress.say("reading the package lists of " + suite + " for " + architecture);
            try {
                Files.createDirectories(directory.resolve("lists/partial"));
                Files.createDirectories(directory.resolve("cache/archives/partial"));
                Files.createDirectories(directory.resolve("empty/partial"));
                Files.writeString(
                        directory.resolve("sources.list"),
                        "deb [signed-by=" + KEYRING + "] " + mirror() + " " + suite + " main\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            List<String> update = new ArrayList<>(List.of("apt-get"));
            update.addAll(options(directory));
            update.addAll(List.of("-q", "update"));
            Commands.succeedAtLength(directory, update);
        });
    }

    private List<String> options(Path directory) {
        return List.of(
                "-oDir::Etc::SourceList=" + directory.resolve("sources.list"),
                "-oDir::Etc::SourceParts=/dev/null",
                "-oDir::State::Lists=" + directory.resolve("lists"),
                "-oDir::State::status=/dev/null",
                "-oDir::Cache=" + directory.resolve("cache"),
                "-oAPT::Architecture=" + architecture.debianName(),
                "-oAPT::Architectures=" + architecture.debianName(),
                "-oAPT::Install-Recommends=false",
                "-oAPT::Sandbox::User=" + System.getProperty("user.name"),
                "-oAcquire::Languages=none",
                "-oAcquire::Retries=3",
                "-oDebug::NoLocking=true");
    }

    /** The mirror of the first suite in this machine's sources that is no suite of updates: it has the other ones too. */
    private static String mirror() {
        String targets = Commands.succeed(
                "apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages");
        return targets.lines()
                .map(line -> line.split(" ", -1))
                .filter(words -> !words[1].contains("-"))
                .map(words -> words[0])
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("apt has no sources on this machine: " + targets));
    }
}
