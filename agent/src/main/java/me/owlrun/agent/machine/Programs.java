package me.owlrun.agent.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The programs that run now, to find the games and heavy programs among them. On Linux also what
/// Wine and Proton run, whose own names are in their arguments.
///
/// @param proc Linux's folder of processes; where it is absent the JDK's list is used
public record Programs(Path proc) {
    /// What pauses the node: games and programs that want the GPU for themselves. Launchers are not
    /// in it: they sit in the tray all day.
    public static final List<String> HEAVY =
            List.of(
                    "cs2",
                    "csgo_linux64",
                    "dota2",
                    "hl2_linux",
                    "tf_linux64",
                    "deadlock",
                    "valorant-win64-shipping",
                    "league of legends",
                    "leagueclientux",
                    "fortniteclient-win64-shipping",
                    "r5apex",
                    "r5apex_dx12",
                    "overwatch",
                    "cod",
                    "modernwarfare",
                    "warzone",
                    "bf2042",
                    "bf6",
                    "rocketleague",
                    "gta5",
                    "gta5_enhanced",
                    "rdr2",
                    "cyberpunk2077",
                    "witcher3",
                    "eldenring",
                    "nightreign",
                    "bg3",
                    "bg3_dx11",
                    "starfield",
                    "hogwartslegacy",
                    "helldivers2",
                    "palworld-win64-shipping",
                    "pubg",
                    "tslgame",
                    "destiny2",
                    "wow",
                    "wowclassic",
                    "ffxiv_dx11",
                    "diablo iv",
                    "pathofexile",
                    "pathofexilesteam",
                    "poe2",
                    "minecraft",
                    "minecraft.windows",
                    "factorio",
                    "robloxplayerbeta",
                    "genshinimpact",
                    "starrail",
                    "zenlesszonezero",
                    "forzahorizon5",
                    "flightsimulator2024",
                    "escapefromtarkov",
                    "rustclient",
                    "stellaris",
                    "civilizationvi",
                    "civ7",
                    "doometernal",
                    "doomthedarkages",
                    "halo_infinite",
                    "seaofthieves",
                    "satisfactory",
                    "blender",
                    "resolve",
                    "davinci resolve",
                    "unrealeditor",
                    "unrealengine",
                    "premiere pro",
                    "adobe premiere pro",
                    "afterfx",
                    "obs64");

    private static final int ARGUMENTS_MAX = 4;
    private static final int COMMAND_BYTES_MAX = 4_096;

    /// This machine's.
    public static Programs ofThisMachine() {
        return new Programs(Path.of("/proc"));
    }

    /// The first program of the list that runs now, if any does.
    ///
    /// @param wanted names without folder and `.exe`, upper and lower case alike
    public Optional<String> running(Set<String> wanted) {
        Set<String> names = Files.isDirectory(proc.resolve("self")) ? fromProc() : fromJdk();
        return names.stream().filter(wanted::contains).sorted().findFirst();
    }

    private static Set<String> fromJdk() {
        Set<String> names = new HashSet<>();
        ProcessHandle.allProcesses()
                .flatMap(process -> process.info().command().stream())
                .forEach(command -> names.add(name(command)));
        return names;
    }

    private Set<String> fromProc() {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : folders) {
                addNames(process, names);
            }
        } catch (IOException unreadable) {
            return names;
        }
        return names;
    }

    /// The kernel's short name, and the first arguments: the program itself, or what Wine runs.
    private static void addNames(Path process, Set<String> names) {
        try {
            names.add(name(Files.readString(process.resolve("comm")).strip()));
            byte[] line;
            try (var in = Files.newInputStream(process.resolve("cmdline"))) {
                line = in.readNBytes(COMMAND_BYTES_MAX);
            }
            String[] words = new String(line, StandardCharsets.UTF_8).split("\0", ARGUMENTS_MAX);
            for (int index = 0; index < words.length; index++) {
                String lower = words[index].toLowerCase(Locale.ROOT);
                if (index == 0 || lower.endsWith(".exe")) {
                    names.add(name(words[index]));
                }
            }
        } catch (IOException ended) {
            // It ended while we looked, or is another user's.
        }
    }

    /// A program's plain name.
    static String name(String command) {
        String last =
                command.substring(
                        Math.max(command.lastIndexOf('/'), command.lastIndexOf('\\')) + 1);
        String lower = last.toLowerCase(Locale.ROOT);
        return lower.endsWith(".exe") ? lower.substring(0, lower.length() - 4) : lower;
    }
}
