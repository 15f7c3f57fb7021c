package me.owlrun.agent;

import me.owlrun.agent.watch.Schedule;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// One key of the configuration file: where it stands, what it means, what it may be.
///
/// @param section its section, lower case
/// @param name its name, lower case
/// @param aliases names older files use for it
/// @param meaning one sentence for the owner
/// @param kind what values are allowed
/// @param defaultText what it is when absent or empty
/// @param effect whether this version acts on it
record Setting(
        String section,
        String name,
        List<String> aliases,
        String meaning,
        Kind kind,
        String defaultText,
        Effect effect) {
    /// Whether a setting does something yet.
    enum Effect {
        /// The agent acts on it.
        LIVE,
        /// It is read, checked and kept; a later version acts on it.
        LATER
    }

    /// What values a setting may have.
    sealed interface Kind {
        /// What is allowed, to be read after "use".
        String allowed();

        /// Whether a value is allowed; never asked about an empty one.
        boolean allows(String value);
    }

    /// A whole number.
    ///
    /// @param least the smallest, or 0 where `zeroAllowed`
    /// @param most the largest
    /// @param zeroAllowed whether 0 is allowed although it is less than the smallest
    /// @param unit what it counts, or empty
    record Whole(int least, int most, boolean zeroAllowed, String unit) implements Kind {
        private static final Pattern DIGITS = Pattern.compile("\\d{1,9}");

        @Override
        public String allowed() {
            String range = "a whole number from " + least + " to " + most;
            return zeroAllowed ? "0 or " + range : range;
        }

        @Override
        public boolean allows(String value) {
            if (!DIGITS.matcher(value).matches()) {
                return false;
            }
            int number = Integer.parseInt(value);
            return (zeroAllowed && number == 0) || (number >= least && number <= most);
        }
    }

    /// One of some words.
    record Choice(List<String> words) implements Kind {
        @Override
        public String allowed() {
            return "one of " + String.join(", ", words);
        }

        @Override
        public boolean allows(String value) {
            return words.contains(value);
        }
    }

    /// A text of a certain form.
    ///
    /// @param form what it must match
    /// @param allowed that form in words
    record Text(Pattern form, String allowed) implements Kind {
        @Override
        public boolean allows(String value) {
            return form.matcher(value).matches();
        }
    }

    /// Hours of the week.
    record Hours() implements Kind {
        @Override
        public String allowed() {
            return "hours such as 22:00-07:00 or mon-fri 22:00-07:00, sat-sun 00:00-24:00";
        }

        @Override
        public boolean allows(String value) {
            return Schedule.parse(value).isPresent();
        }
    }

    /// The address of a server: http or https, without query, fragment or user.
    record Address() implements Kind {
        @Override
        public String allowed() {
            return "an address such as https://host or http://127.0.0.1:8080";
        }

        @Override
        public boolean allows(String value) {
            return parse(value).isPresent();
        }

        /// The address without a slash at its end; empty if it is none.
        static Optional<URI> parse(String value) {
            try {
                URI address = new URI(value.replaceFirst("/+$", ""));
                String scheme = Optional.ofNullable(address.getScheme()).orElse("");
                boolean usable =
                        (scheme.equals("http") || scheme.equals("https"))
                                && address.getHost() != null
                                && address.getRawQuery() == null
                                && address.getRawFragment() == null
                                && address.getRawUserInfo() == null;
                return usable ? Optional.of(address) : Optional.empty();
            } catch (URISyntaxException unreadable) {
                return Optional.empty();
            }
        }
    }

    /// What a number counts; empty if it counts nothing or the setting is no number.
    String unit() {
        return kind instanceof Whole whole ? whole.unit() : "";
    }

    /// Section and name as the owner finds them in the file.
    String title() {
        return "[" + section + "] " + name;
    }
}
