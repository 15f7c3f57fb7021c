package me.owlrun.gateway.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is billed of what hostile nodes report, as a table. The prompt is 400 bytes: 100 tokens by
/// estimate, 528 at most.
final class HostileReportTest {

    private static final PromptBound PROMPT = new PromptBound(400, 0);

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    # what it does               | frames | text  | says prompt | says answer | budget | prompt | answer
                    honest                       | 10     | hello | 90          | 11          | 1000   | 90     | 11
                    reports nothing              | 10     | hello |             |             | 1000   | 100    | 10
                    reports only the answer      | 10     | hello |             | 9           | 1000   | 100    | 9
                    reports only the prompt      | 10     | hello | 90          |             | 1000   | 90     | 10
                    reports less                 | 10     | hello | 1           | 1           | 1000   | 1      | 1
                    reports zero                 | 10     | hello | 0           | 0           | 1000   | 0      | 0
                    inflates the answer          | 10     | hello | 90          | 2000000000  | 1000   | 90     | 42
                    inflates the prompt          | 10     | hello | 2000000000  | 10          | 1000   | 528    | 10
                    says it all in one frame     | 1      | hello | 90          | 5           | 1000   | 90     | 5
                    inflates one long frame      | 1      | hello hello hello hello hello | 90 | 500 | 1000 | 90 | 12
                    one letter a frame           | 90     | a     | 90          | 90          | 1000   | 90     | 68
                    one letter a frame, silent   | 90     | a     |             |             | 1000   | 100    | 60
                    one digit a frame            | 90     | 7     | 90          | 90          | 1000   | 90     | 90
                    beyond the budget            | 10     | hello | 90          | 11          | 5      | 90     | 5
                    beyond the budget, silent    | 10     | hello |             |             | 5      | 100    | 5
                    delivered nothing            | 0      | -     | 90          | 500         | 1000   | 90     | 8
                    """)
    void usage_whateverIsReported_isPlausible(
            String what,
            int frames,
            String text,
            Long prompt,
            Long answer,
            long budget,
            long promptBilled,
            long answerBilled) {
        AnswerMeter meter = new AnswerMeter(PROMPT, budget);
        for (int i = 0; i < frames; i++) {
            meter.frame(text);
        }
        if (prompt != null) {
            meter.reportedPrompt(prompt);
        }
        if (answer != null) {
            meter.reportedCompletion(answer);
        }
        assertEquals(new Usage(promptBilled, answerBilled), meter.usage(), what);
    }
}
