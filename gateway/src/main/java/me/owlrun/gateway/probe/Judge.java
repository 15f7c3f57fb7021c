package me.owlrun.gateway.probe;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Judges answers to questions of the house, in the node's favour wherever a good model could have
/// said the same.
final class Judge {

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern OBJECT = Pattern.compile("\\{[^{}]*}");
    private static final Pattern SPACE = Pattern.compile("\\s+");

    /// Two nodes that agree that far run the same model.
    private static final double ALIKE = 0.8;

    /// A third that agrees less with both does not.
    private static final double UNLIKE = 0.25;

    private static final double NEARLY = 0.5;
    private static final int WITNESSES_MIN = 2;

    private Judge() {}

    /// @param cut whether the answer ended at its bound; what is missing may have come later
    /// @param others what nodes of other providers said to the same question
    static Verdict judge(Question question, String answer, boolean cut, List<String> others) {
        if (answer.isBlank()) {
            return Verdict.UNCLEAR; // it thought, or its engine has another field for what it says
        }
        boolean right =
                switch (question.kind()) {
                    case SUM -> hasNumber(answer, question.expected());
                    case ECHO -> plain(answer).contains(plain(question.expected()));
                    case FORMAT -> isDays(answer, question.expected());
                    case SAME, TALK -> true;
                };
        return switch (question.kind()) {
            case TALK -> Verdict.UNCLEAR;
            case SAME -> compare(answer, others);
            case SUM, ECHO, FORMAT -> {
                if (right) {
                    yield Verdict.RIGHT;
                }
                yield cut ? Verdict.UNCLEAR : Verdict.WRONG;
            }
        };
    }

    /// Models like to repeat the question, so the number may stand anywhere.
    private static boolean hasNumber(String answer, String expected) {
        return NUMBER.matcher(answer).results().map(MatchResult::group).anyMatch(expected::equals);
    }

    private static String plain(String text) {
        return SPACE.matcher(text.strip().toLowerCase(Locale.ROOT)).replaceAll(" ");
    }

    private static boolean isDays(String answer, String expected) {
        return OBJECT.matcher(answer)
                .results()
                .anyMatch(object -> days(object.group()).equals(expected));
    }

    private static String days(String object) {
        try {
            JsonNode days = Json.parseObject(object).path("days");
            return days.asText();
        } catch (InvalidJsonException e) {
            return "";
        }
    }

    private static Verdict compare(String answer, List<String> others) {
        List<String> witnesses =
                others.stream().filter(one -> countAlike(one, others) >= WITNESSES_MIN).toList();
        if (witnesses.isEmpty()) {
            return Verdict.UNCLEAR;
        }
        double best = witnesses.stream().mapToDouble(one -> likeness(one, answer)).max().orElse(1);
        if (best < UNLIKE) {
            return Verdict.WRONG;
        }
        return best >= NEARLY ? Verdict.RIGHT : Verdict.UNCLEAR;
    }

    /// How many are like it, itself included.
    private static long countAlike(String one, List<String> others) {
        return others.stream().filter(other -> likeness(one, other) >= ALIKE).count();
    }

    /// How far two texts agree, 0 to 1: by their common beginning, or by their pairs of words.
    static double likeness(String a, String b) {
        String first = plain(a);
        String second = plain(b);
        int shorter = Math.min(first.length(), second.length());
        if (shorter == 0) {
            return 0;
        }
        int common = Arrays.mismatch(first.toCharArray(), second.toCharArray());
        double beginning = common < 0 ? 1 : Math.min(common, shorter) / (double) shorter;
        Set<String> pairs = pairs(first);
        Set<String> all = new HashSet<>(pairs);
        Set<String> both = new HashSet<>(pairs);
        Set<String> theirs = pairs(second);
        all.addAll(theirs);
        both.retainAll(theirs);
        return Math.max(beginning, both.size() / (double) all.size());
    }

    private static Set<String> pairs(String text) {
        List<String> words = List.of(text.split(" "));
        Set<String> pairs = new HashSet<>();
        pairs.add(words.getFirst());
        for (int i = 1; i < words.size(); i++) {
            pairs.add(words.get(i - 1) + " " + words.get(i));
        }
        return pairs;
    }
}
