package me.owlrun.cashu;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/// Finds libsecp256k1 for this platform in the archives of `secp256k1-kmp-jni-jvm-*` and loads it.
/// Only the native library is used, none of their classes.
@SuppressWarnings("restricted") // loading native code is what this is for
final class NativeLibrary {

    private static final String FOLDER = "fr/acinq/secp256k1/jni/native/";

    private NativeLibrary() {}

    /// @throws IOException when there is none for this platform, or no file can be written
    /// @throws RuntimeException when it cannot be loaded
    static SymbolLookup load() throws IOException {
        String resource =
                resource(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        ClassLoader loader = NativeLibrary.class.getClassLoader();
        try (InputStream in = loader.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no " + resource + " on the class or module path");
            }
            Path file = Files.createTempFile("owlrun-secp256k1-", suffix(resource));
            try {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
                return SymbolLookup.libraryLookup(file, Arena.global());
            } finally {
                remove(file);
            }
        }
    }

    /// A loaded file may go at once, except on Windows.
    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }

    private static String suffix(String resource) {
        return resource.substring(resource.lastIndexOf('.'));
    }

    /// Where the library of a platform lies.
    ///
    /// @param os as in the system property `os.name`
    /// @param arch as in the system property `os.arch`
    static String resource(String os, String arch) {
        String system = os.toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            return FOLDER + "darwin/libsecp256k1-jni.dylib";
        }
        if (system.startsWith("windows")) {
            return FOLDER + "mingw-x86_64/secp256k1-jni.dll";
        }
        String cpu = arch.equals("aarch64") ? "aarch64" : "x86_64";
        return FOLDER + "linux-" + cpu + "/libsecp256k1-jni.so";
    }
}
