package me.owlrun.gateway.probe;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Locale;

/// One question of the house.
///
/// @param kind how its answer is judged
/// @param id names the question; two nodes that get the same one get the same request
/// @param body the request
/// @param expected what the answer has to contain; empty when that is not known
record Question(Kind kind, String id, ObjectNode body, String expected) {

    /// How an answer is judged, and which share of wrong ones, in thousandths, is fair for models
    /// that are tiny (below 1 billion parameters), small (below 4) and others.
    enum Kind {
        /// A sum of two numbers.
        SUM(500, 250, 200),
        /// Odd words, to be repeated.
        ECHO(500, 250, 200),
        /// A fact in a given form.
        FORMAT(700, 400, 250),
        /// Free text without chance: nodes of one model say nearly the same.
        SAME(500, 400, 400),
        /// Free text: only speed and count are looked at.
        TALK(1_000, 1_000, 1_000);

        private static final long TINY = 1_000;
        private static final long SMALL = 4_000;

        private final long tinyMilli;
        private final long smallMilli;
        private final long otherMilli;

        Kind(long tinyMilli, long smallMilli, long otherMilli) {
            this.tinyMilli = tinyMilli;
            this.smallMilli = smallMilli;
            this.otherMilli = otherMilli;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// The share of wrong answers that is fair before anybody was asked.
        ///
        /// @param millions of parameters
        long fairMilli(long millions) {
            if (millions < TINY) {
                return tinyMilli;
            }
            return millions < SMALL ? smallMilli : otherMilli;
        }
    }
}
