package me.owlrun.mint.testing;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/// The classes of a test run in a form that starts fast in many short-lived processes: class
/// folders packed into one jar, because the virtual machine shares no archive over folders, and an
/// archive of loaded classes that the first process writes when it stops by itself.
///
/// @param jvmFlags flags up to the class path
public record ChildImage(List<String> jvmFlags) {

    private static final List<String> SMALL =
            List.of("-XX:+UseSerialGC", "-Xmx96m", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    /// Packs the classes.
    ///
    /// @param witness a class of the tests that run
    /// @param folder where jar and archive go
    public static ChildImage pack(Class<?> witness, Path folder) {
        List<Path> jars = new ArrayList<>();
        List<Path> folders = new ArrayList<>(List.of(folderOf(witness)));
        for (String entry : entries()) {
            Path path = Path.of(entry).toAbsolutePath();
            if (Files.isRegularFile(path) && entry.endsWith(".jar")) {
                jars.add(path);
            } else if (Files.isDirectory(path)) {
                folders.add(path);
            }
        }
        try {
            Files.createDirectories(folder);
            Path archive = folder.resolve("classes.jsa");
            Files.deleteIfExists(
                    archive); // one of other classes would be neither used nor replaced
            Path packed = folder.resolve("classes.jar");
            pack(folders, packed);
            List<String> classPath = new ArrayList<>(List.of(packed.toString()));
            jars.forEach(jar -> classPath.add(jar.toString()));
            List<String> flags = new ArrayList<>(SMALL);
            flags.add("-XX:+AutoCreateSharedArchive");
            flags.add("-XX:SharedArchiveFile=" + archive);
            flags.add("-Xlog:cds*=off,aot*=off");
            String logging = System.getProperty("java.util.logging.config.file", "");
            if (!logging.isEmpty()) {
                flags.add("-Djava.util.logging.config.file=" + logging);
            }
            flags.addAll(List.of("-cp", String.join(File.pathSeparator, classPath)));
            return new ChildImage(List.copyOf(flags));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What this process itself was started with, as class path or as module path.
    private static Set<String> entries() {
        Set<String> entries = new LinkedHashSet<>();
        for (String property :
                List.of("jdk.module.path", "java.class.path", "surefire.test.class.path")) {
            entries.addAll(List.of(System.getProperty(property, "").split(File.pathSeparator, -1)));
        }
        entries.remove("");
        return entries;
    }

    /// The folder a class was loaded from; as a patch of a module it is on neither path.
    private static Path folderOf(Class<?> witness) {
        String name = "/" + witness.getName().replace('.', '/') + ".class";
        var url = witness.getResource(name);
        if (url == null || !url.getProtocol().equals("file")) {
            throw new IllegalStateException("the tests do not run from a folder: " + url);
        }
        try {
            String uri = url.toURI().toString();
            return Path.of(new URI(uri.substring(0, uri.length() - name.length() + 1)));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pack(List<Path> folders, Path jar) throws IOException {
        TreeMap<String, Path> files = new TreeMap<>();
        for (Path folder : folders) {
            try (Stream<Path> all = Files.walk(folder)) {
                all.filter(Files::isRegularFile)
                        .filter(file -> !file.endsWith("module-info.class"))
                        .forEach(file -> files.put(folder.relativize(file).toString(), file));
            }
        }
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out)) {
            for (var file : files.entrySet()) {
                packed.putNextEntry(new JarEntry(file.getKey().replace(File.separatorChar, '/')));
                Files.copy(file.getValue(), packed);
                packed.closeEntry();
            }
        }
    }
}
