package me.owlrun.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The lines of an INI file, understood but not judged: sections, keys, values, and the lines that
/// are none of these. A byte order mark, CR LF, `;` and `#` comments, comments after a blank at a
/// line's end, and quotes around a value are understood. Names count the same in upper and lower
/// case.
///
/// @param entries every `key = value`, in order
/// @param faults what could not be understood, as sentences without the file's name
record IniFile(List<Entry> entries, List<String> faults) {
    /// One `key = value`.
    ///
    /// @param section lower case, empty before the first header
    /// @param key lower case
    /// @param value without quotes, comment and blanks around it
    /// @param line its number, from 1
    record Entry(String section, String key, String value, int line) {
        /// The value may be a secret: it is never printed.
        @Override
        public String toString() {
            return "Entry[" + section + "." + key + ", line " + line + "]";
        }
    }

    /// Reads the text of a file.
    static IniFile parse(String text) {
        List<Entry> entries = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        String section = "";
        int number = 0;
        for (String raw : withoutMark(text).lines().toList()) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || isComment(line.charAt(0))) {
                continue;
            }
            Optional<String> header = header(line);
            if (header.isPresent()) {
                section = header.get();
                continue;
            }
            int equals = line.indexOf('=');
            Optional<String> value =
                    equals < 1 ? Optional.empty() : value(line.substring(equals + 1));
            if (value.isPresent()) {
                String key = line.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                entries.add(new Entry(section, key, value.get(), number));
            } else {
                faults.add("line " + number + ": write [section], key = value, or a comment.");
            }
        }
        return new IniFile(List.copyOf(entries), List.copyOf(faults));
    }

    /// The section a line opens, if it does.
    static Optional<String> header(String line) {
        String bare = withoutComment(line).strip();
        return bare.startsWith("[") && bare.endsWith("]") && bare.length() > 2
                ? Optional.of(bare.substring(1, bare.length() - 1).strip().toLowerCase(Locale.ROOT))
                : Optional.empty();
    }

    /// The text without a byte order mark, which Windows' own tools put before it.
    static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static Optional<String> value(String raw) {
        String text = raw.strip();
        if (text.startsWith("\"") || text.startsWith("'")) {
            int end = text.indexOf(text.charAt(0), 1);
            return end > 0 && withoutComment(" " + text.substring(end + 1)).isBlank()
                    ? Optional.of(text.substring(1, end))
                    : Optional.empty();
        }
        return Optional.of(withoutComment(raw).strip());
    }

    /// Cuts at a comment mark that stands after a blank; others belong to the value.
    private static String withoutComment(String text) {
        for (int index = 1; index < text.length(); index++) {
            if (isComment(text.charAt(index)) && Character.isWhitespace(text.charAt(index - 1))) {
                return text.substring(0, index);
            }
        }
        return text;
    }

    private static boolean isComment(char mark) {
        return mark == '#' || mark == ';';
    }
}
