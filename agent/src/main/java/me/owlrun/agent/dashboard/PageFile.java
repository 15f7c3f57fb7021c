package me.owlrun.agent.dashboard;

import java.util.List;

/// A file of the page, part of the build.
///
/// @param path where a browser finds it
/// @param name its resource
/// @param type its media type
record PageFile(String path, String name, String type) {
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String FONT = "font/woff2";

    /// All of them.
    static final List<PageFile> ALL =
            List.of(
                    new PageFile("/", "index.html", "text/html; charset=utf-8"),
                    new PageFile("/dashboard.css", "dashboard.css", "text/css; charset=utf-8"),
                    new PageFile("/dashboard.js", "dashboard.js", SCRIPT),
                    new PageFile("/panels.js", "panels.js", SCRIPT),
                    new PageFile("/chart.js", "chart.js", SCRIPT),
                    new PageFile("/qr.mjs", "qr.mjs", SCRIPT),
                    new PageFile("/bricolage.woff2", "bricolage.woff2", FONT),
                    new PageFile("/hanken.woff2", "hanken.woff2", FONT),
                    new PageFile("/jetbrains.woff2", "jetbrains.woff2", FONT));
}
