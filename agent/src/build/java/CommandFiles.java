// SPDX-License-Identifier: Apache-2.0
import io.memlock.cli.Main;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.ProcDirectory;
import io.memlock.memory.Region;
import io.memlock.options.Option;
import io.memlock.os.LibC;
import io.memlock.output.Console;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes what packages install beside the jar and what has to agree with its commands and options: the manual pages
 * {@code memlock(1)}, {@code memlock-COMMAND(1)} and {@code memlock-agent(7)}, and the completion for bash. Run by the
 * build of a release.
 *
 * <p>Arguments: the directory to write to, {@code packaging/linux}, the version, and the time of the build in ISO 8601.
 */
final class CommandFiles {

    private static final Pattern MARKDOWN = Pattern.compile("`([^`]*)`|\\[([^\\]]*)\\]\\([^)]*\\)");

    private final Path target;
    private final Path sources;
    private final String version;
    private final String date;
    private final CommandLine memlock;

    private CommandFiles(Path target, Path sources, String version, String date) throws ReflectiveOperationException {
        this.target = target;
        this.sources = sources;
        this.version = version;
        this.date = date;
        // Not public: nobody but the command and its tests has a use for it.
        Method commandLine = Main.class.getDeclaredMethod(
                "commandLine", Console.class, ProcDirectory.class, Jvms.class, File.class, LibC.class);
        commandLine.setAccessible(true);
        ProcDirectory proc = new ProcDirectory(Path.of("/proc"));
        this.memlock = (CommandLine) commandLine.invoke(
                null, Console.ofThisProcess(), proc, new Jvms(proc, 0), new File("memlock-agent.jar"), null);
    }

    public static void main(String[] args) throws ReflectiveOperationException, IOException {
        CommandFiles files = new CommandFiles(Path.of(args[0]), Path.of(args[1]), args[2], args[3].substring(0, 10));
        files.writeAll();
    }

    private void writeAll() throws IOException {
        Files.createDirectories(target);
        write("memlock.1", commandPage(memlock.getCommandSpec()));
        for (CommandSpec command : commandsWithPage()) {
            write("memlock-" + command.name() + ".1", commandPage(command));
        }
        write("memlock-agent.7", agentPage());
        String template = Files.readString(sources.resolve("memlock.bash"));
        write("memlock.bash", template.replaceFirst("(?m)^# TABLES.*$", tables()));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(target.resolve(name), text);
    }

    private List<CommandSpec> commands() {
        return memlock.getSubcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .toList();
    }

    /** Returns the commands that have a page: those of ours, not picocli's {@code help}. */
    private List<CommandSpec> commandsWithPage() {
        return commands().stream()
                .filter(command -> command.userObject().getClass().getPackage() == Main.class.getPackage())
                .toList();
    }

    // Manual pages

    private String commandPage(CommandSpec command) {
        boolean isRoot = command.parent() == null;
        String title = command.qualifiedName("-");
        StringBuilder page =
                start(title, 1, String.join(" ", command.usageMessage().header()));

        page.append(".SH SYNOPSIS\n.B ").append(roff(command.qualifiedName())).append("\n");
        for (OptionSpec option : options(command)) {
            page.append("[").append(signature(option)).append("]\n");
        }
        for (PositionalParamSpec word : command.positionalParameters()) {
            boolean needed = word.arity().min() > 0;
            String name = italic(word.paramLabel()) + (word.arity().max() > 1 ? "..." : "");
            page.append(needed ? name : "[" + name + "]").append("\n");
        }
        if (isRoot) {
            page.append(italic("COMMAND")).append("\n");
        }

        page.append(".SH DESCRIPTION\n");
        paragraphs(page, command.usageMessage().description());
        if (isRoot) {
            page.append(".SH COMMANDS\n");
            for (CommandSpec one : commandsWithPage()) {
                item(
                        page,
                        bold("memlock-" + one.name()) + "(1)",
                        String.join(" ", one.usageMessage().header()));
            }
        }
        page.append(".SH OPTIONS\n");
        for (PositionalParamSpec word : command.positionalParameters()) {
            item(page, italic(word.paramLabel()), String.join(" ", word.description()));
        }
        for (OptionSpec option : options(command)) {
            item(page, signature(option), String.join(" ", option.description()));
        }
        footer(page, command.usageMessage().footer());
        if (isRoot) {
            page.append(".SH ENVIRONMENT\n");
            item(
                    page,
                    bold("JAVA_HOME"),
                    "The Java runtime that runs the command. Without it, java is looked up in PATH.");
            page.append(".SH FILES\n");
            item(page, italic("/usr/share/java/memlock-agent.jar"), "The agent, which is the command line, too.");
            item(
                    page,
                    italic("/usr/share/doc/memlock-agent"),
                    "Its documentation: README.md, and the pages in docs and packaging.");
        }
        seeAlso(page, isRoot ? List.of("memlock-agent(7)") : List.of("memlock(1)", "memlock-agent(7)"));
        return page.toString();
    }

    private String agentPage() throws IOException {
        StringBuilder page = start("memlock-agent", 7, "a Java agent that keeps a JVM's memory in RAM");
        page.append(".SH SYNOPSIS\n.B java \\-javaagent:/usr/share/java/memlock-agent.jar\\c\n[=");
        page.append(italic("key")).append("=").append(italic("value")).append(",...] ...\n");
        page.append(".SH DESCRIPTION\n");
        paragraphs(
                page,
                "The agent locks the memory that the JVM has and the memory that it maps later, so that memory pressure on"
                        + " the host never turns a memory access into a disk read. Locking populates nothing: a locked JVM is"
                        + " not larger than it was.",
                "",
                "Locking needs RLIMIT_MEMLOCK to be unlimited or large enough, or CAP_IPC_LOCK. When the agent may not"
                        + " lock, it prints what to type; so does \"memlock doctor\".");
        page.append(".SH OPTIONS\n");
        paragraphs(
                page,
                "Options are key=value, separated by commas; lists are joined by +. A bad option ends the JVM with status"
                        + " 1. They can also come from the environment variable MEMLOCK_OPTIONS and from a file"
                        + " (config=FILE).");
        for (Option option : Option.values()) {
            String meaning = markdown(option.meaning()) + " (default: " + bold(option.defaultValue()) + ")";
            markedItem(page, bold(option.key()) + "=" + markdown(option.accepts()), meaning);
        }
        page.append(".PP\nThe regions are ");
        page.append(roff(Stream.of(Region.values()).map(Region::optionName).collect(Collectors.joining(", "))));
        page.append(".\n.SH EXIT STATUS\n");
        item(page, "1", "An option was not understood.");
        item(page, "77", "on-failure=exit is set, and the memory could not be locked and kept locked.");
        page.append(".SH EXAMPLES\n");
        paragraphs(page, "A drop-in for systemd, of a service that runs a JVM:", "");
        page.append(".nf\n.RS 4\n");
        for (String line : Files.readAllLines(sources.resolve("memlock.conf"))) {
            page.append(roff(line)).append("\n");
        }
        page.append(".RE\n.fi\n");
        page.append(".SH FILES\n");
        item(page, italic("/usr/share/java/memlock-agent.jar"), "The agent.");
        item(
                page,
                italic("/usr/share/doc/memlock-agent"),
                "Its documentation, as in docs and packaging, and the drop-in above, in examples.");
        seeAlso(
                page,
                List.of("memlock(1)", "memlock-attach(1)", "memlock-doctor(1)", "mlockall(2)", "systemd.exec(5)"));
        return page.toString();
    }

    private StringBuilder start(String title, int section, String header) {
        String sentence = header.replaceFirst("\\.$", "");
        boolean isAcronym = sentence.length() > 1 && Character.isUpperCase(sentence.charAt(1));
        String phrase =
                isAcronym ? sentence : sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
        return new StringBuilder(".TH ")
                .append(roff(title.toUpperCase(Locale.ROOT)))
                .append(" ")
                .append(section)
                .append(" ")
                .append(date)
                .append(" \"memlock-agent ")
                .append(version)
                .append("\" \"memlock\"\n")
                .append(".nh\n.ad l\n.SH NAME\n")
                .append(roff(title))
                .append(" \\- ")
                .append(roff(phrase))
                .append("\n");
    }

    /** Writes what stands below the options; "Examples:" and "Exit status:" begin sections. */
    private static void footer(StringBuilder page, String[] lines) {
        List<String> rest = new ArrayList<>(Arrays.asList(lines));
        int examples = rest.indexOf("Examples:");
        if (examples >= 0) {
            int end = examples + 1;
            while (end < rest.size() && !rest.get(end).isEmpty()) {
                end++;
            }
            List<String> section = rest.subList(examples, end);
            page.append(".SH EXAMPLES\n");
            paragraphs(page, section.subList(1, section.size()).toArray(String[]::new));
            section.clear();
        }
        List<String> status =
                rest.stream().filter(line -> line.startsWith("Exit status: ")).toList();
        rest.removeAll(status);
        if (rest.stream().anyMatch(line -> !line.isEmpty())) {
            page.append(".SH NOTES\n");
            paragraphs(page, rest.toArray(String[]::new));
        }
        for (String line : status) {
            page.append(".SH EXIT STATUS\n");
            paragraphs(page, line.substring("Exit status: ".length()));
        }
    }

    /** Writes paragraphs; lines that begin with blanks stay as they are, and empty ones separate. */
    private static void paragraphs(StringBuilder page, String... lines) {
        boolean asIs = false;
        boolean startsParagraph = false;
        boolean isFirst = true;
        for (String raw : lines) {
            String line = String.format(Locale.ROOT, raw);
            if (!line.isEmpty() && line.startsWith("  ") != asIs) {
                asIs = !asIs;
                page.append(asIs ? ".nf\n.RS 4\n" : ".RE\n.fi\n");
            }
            if (line.isEmpty()) {
                startsParagraph = !isFirst;
                continue;
            }
            page.append(startsParagraph ? ".PP\n" : "");
            page.append(roff(asIs ? line.substring(2) : line)).append("\n");
            startsParagraph = false;
            isFirst = false;
        }
        page.append(asIs ? ".RE\n.fi\n" : "");
    }

    private static void item(StringBuilder page, String name, String text) {
        markedItem(page, name, roff(String.format(Locale.ROOT, text)));
    }

    /** Writes an item whose text is roff already. */
    private static void markedItem(StringBuilder page, String name, String roff) {
        page.append(".TP\n").append(name).append("\n").append(roff).append("\n");
    }

    private static void seeAlso(StringBuilder page, List<String> pages) {
        page.append(".SH SEE ALSO\n");
        page.append(pages.stream()
                .map(one -> one.replaceFirst("^(.*)(\\(.\\))$", "$1 $2"))
                .map(one -> ".BR " + roff(one))
                .collect(Collectors.joining(" ,\n")));
        page.append("\n");
    }

    private static List<OptionSpec> options(CommandSpec command) {
        return command.options().stream().filter(option -> !option.hidden()).toList();
    }

    private static String signature(OptionSpec option) {
        String names = Stream.of(option.names()).map(CommandFiles::bold).collect(Collectors.joining(", "));
        return option.arity().max() == 0 ? names : names + "=" + italic(option.paramLabel());
    }

    private static String markdown(String text) {
        StringBuilder roff = new StringBuilder();
        int end = 0;
        for (MatchResult match : MARKDOWN.matcher(text).results().toList()) {
            roff.append(roff(text.substring(end, match.start())));
            roff.append(match.group(1) == null ? roff(match.group(2)) : bold(match.group(1)));
            end = match.end();
        }
        return roff.append(roff(text.substring(end))).toString();
    }

    private static String bold(String text) {
        return "\\fB" + roff(text) + "\\fR";
    }

    private static String italic(String text) {
        return "\\fI" + roff(text) + "\\fR";
    }

    /** Escapes what roff would obey; quotation marks and hyphens stay those that can be searched for and pasted. */
    private static String roff(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq");
        return escaped.startsWith(".") ? "\\&" + escaped : escaped;
    }

    // Completion

    private String tables() {
        StringBuilder tables = new StringBuilder();
        for (CommandSpec command : commands()) {
            TreeSet<String> options = new TreeSet<>();
            for (OptionSpec option : options(command)) {
                for (String name : option.names()) {
                    if (name.startsWith("--")) {
                        options.add(option.arity().max() == 0 ? name : name + "=");
                    }
                }
            }
            String words = command.positionalParameters().stream()
                    .map(PositionalParamSpec::paramLabel)
                    .collect(Collectors.joining("|"));
            row(tables, "options", command.name(), String.join(" ", options));
            row(tables, "words", command.name(), words);
        }
        String regions = Stream.of(Region.values()).map(Region::optionName).collect(Collectors.joining(" "));
        for (Option option : Option.values()) {
            List<String> values = new ArrayList<>();
            boolean isList = option.accepts().contains("regions joined by");
            for (String word : option.accepts().replaceAll("\\(.*\\)", "").split("`")) {
                if (word.matches("[a-z]+")) {
                    values.add(word);
                }
            }
            row(tables, "values", option.key(), String.join(" ", values) + (isList ? " " + regions : ""));
            if (isList) {
                row(tables, "lists", option.key(), regions);
            }
        }
        return tables.toString().stripTrailing();
    }

    private static void row(StringBuilder tables, String table, String key, String value) {
        tables.append("  ")
                .append(table)
                .append("[")
                .append(key)
                .append("]='")
                .append(value)
                .append("'\n");
    }
}
