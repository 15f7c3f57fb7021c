package me.owlrun.mint.ldk;

import org.ldk.impl.bindings;
import org.opentest4j.TestAbortedException;

/// Whether LDK has its native library for this platform.
final class LdkLibrary {

    private LdkLibrary() {}

    /// Loads it; skips the test, with the reason printed, where there is none.
    static void require() {
        String platform =
                (System.getProperty("os.name") + "-" + System.getProperty("os.arch"))
                        .replace(" ", "");
        String library = "liblightningjni_" + platform + ".nativelib";
        if (ClassLoader.getSystemResource(library) == null) {
            String reason =
                    "real Lightning nodes need the native library of ldk-java, which has none for "
                            + platform
                            + "; run the tests on Linux x86-64 or macOS to have them";
            System.err.println("SKIPPED: " + reason);
            throw new TestAbortedException(reason);
        }
        // LDK's other classes fail unless this one was there first.
        if (bindings.get_ldk_version().isEmpty()) {
            throw new IllegalStateException("LDK was not loaded");
        }
    }
}
