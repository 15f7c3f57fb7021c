package me.owlrun.gateway.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/// Questions of the house and what is made of their answers.
final class JudgeTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String STORY =
            "A lantern stood in the garden and nobody had lit it for years until the old gardener"
                    + " came back and found a key below it";

    private static Verdict judge(String kind, String expected, String answer, boolean cut) {
        Question question =
                new Question(
                        Question.Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
                        "q",
                        Json.object(),
                        expected);
        return Judge.judge(question, answer, cut, List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "sum, 95, 95, right",
        "sum, 95, The answer is 95 (37 plus 58)., right",
        "sum, 95, 94, wrong",
        "sum, 95, 1950, wrong",
        "sum, 95, I cannot help with that., wrong",
        "echo, lantern teapot 17, 'Sure: Lantern  teapot 17.', right",
        "echo, lantern teapot 17, lantern teapot, wrong",
        "format, 21, '{\"days\": 21}', right",
        "format, 21, 'Here: ```json {\"days\":\"21\"} ```', right",
        "format, 21, 21, wrong",
        "format, 21, '{\"days\": 20}', wrong",
        "talk, '', anything, unclear",
        "sum, 95, ' ', unclear"
    })
    void answer_isJudgedInFavourOfTheNode(
            String kind, String expected, String answer, String verdict) {
        assertEquals(verdict, judge(kind, expected, answer, false).text());
    }

    @Test
    void answer_thatWasCut_isNotWrong() {
        assertEquals(Verdict.UNCLEAR, judge("sum", "95", "Let me think about 37", true));
    }

    @Test
    void sameQuestion_needsTwoWitnessesThatAgree() {
        Question question = new Question(Question.Kind.SAME, "q", Json.object(), "");
        String other = "Once there was a violin that could not stand its own sound at all";
        assertEquals(Verdict.UNCLEAR, Judge.judge(question, other, false, List.of(STORY)));
        assertEquals(
                Verdict.UNCLEAR,
                Judge.judge(question, other, false, List.of(STORY, "Quite another thing it was")));
        assertEquals(Verdict.WRONG, Judge.judge(question, other, false, List.of(STORY, STORY)));
        assertEquals(
                Verdict.RIGHT,
                Judge.judge(question, STORY + " again", false, List.of(STORY, STORY)));
    }

    @Test
    void questions_lookLikeBuyersAndDiffer() {
        Questions questions = new Questions(new SplittableRandom(1));
        Set<String> bodies = new HashSet<>();
        Set<Question.Kind> kinds = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            Question question = questions.draw("llama3.1:8b", 60, NOW);
            bodies.add(Json.text(question.body()));
            kinds.add(question.kind());
            assertTrue(question.body().path("max_tokens").asInt() >= 128);
            assertEquals("llama3.1:8b", question.body().path("model").asText());
        }
        assertTrue(bodies.size() > 200, bodies.size() + " different ones");
        assertEquals(Set.of(Question.Kind.values()), kinds);
    }

    @Test
    void sameQuestion_staysForAWhile() {
        Questions questions = new Questions(new SplittableRandom(2));
        Question first = same(questions, NOW);
        assertSame(first, same(questions, NOW.plus(Duration.ofHours(1))));
        assertNotEquals(first.id(), same(questions, NOW.plus(Duration.ofHours(7))).id());
    }

    private static Question same(Questions questions, Instant now) {
        while (true) {
            Question question = questions.draw("llama3.1:8b", 100, now);
            if (question.kind() == Question.Kind.SAME) {
                return question;
            }
        }
    }
}
