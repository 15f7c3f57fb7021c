package me.owlrun.gateway.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// What of a node's report is billed.
final class AnswerMeterTest {

    private static final PromptBound PROMPT = new PromptBound(100, 0);

    private static AnswerMeter meter(int frames, int bytesEach, long budget) {
        AnswerMeter meter = new AnswerMeter(PROMPT, budget);
        for (int i = 0; i < frames; i++) {
            meter.frame("1".repeat(bytesEach));
        }
        return meter;
    }

    private static void report(AnswerMeter meter, long prompt, long completion) {
        meter.reportedPrompt(prompt);
        meter.reportedCompletion(completion);
    }

    @Test
    void usage_honestReport_isTakenAsItIs() {
        AnswerMeter meter = meter(10, 4, 1_000);
        report(meter, 25, 11);
        assertEquals(new Usage(25, 11), meter.usage());
    }

    @Test
    void usage_inflatedReport_isCutToWhatPassed() {
        AnswerMeter meter = meter(10, 1, 1_000);
        report(meter, 1_000_000, 1_000_000);
        assertEquals(
                new Usage(PROMPT.tokensMax(), 10 + AnswerMeter.TRACELESS_TOKENS_MAX),
                meter.usage());
    }

    @Test
    void usage_manyBytesInOneFrame_isCutByFrames() {
        AnswerMeter meter = meter(1, 5_000, 1_000);
        report(meter, 10, 900);
        assertEquals(
                AnswerMeter.FRAME_TOKENS_MAX + AnswerMeter.TRACELESS_TOKENS_MAX,
                meter.usage().completionTokens());
    }

    @Test
    void usage_withoutReport_countsFrames() {
        assertEquals(new Usage(25, 10), meter(10, 4, 1_000).usage());
    }

    @Test
    void usage_beyondTheBudget_isCutToIt() {
        AnswerMeter meter = meter(10, 4, 5);
        report(meter, 25, 11);
        assertEquals(5, meter.usage().completionTokens());
        assertTrue(meter.isSpent());
        assertFalse(meter(4, 4, 5).isSpent());
    }

    @Test
    void promptBound_images_countFlat() {
        assertEquals(
                100 + PromptBound.TEMPLATE_TOKENS_MAX + 2 * PromptBound.IMAGE_TOKENS_MAX,
                new PromptBound(100, 2).tokensMax());
    }
}
