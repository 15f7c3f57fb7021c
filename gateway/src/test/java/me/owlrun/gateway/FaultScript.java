package me.owlrun.gateway;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What a node of a fault test does with a job.
enum FaultScript {
    /// Answers.
    WELL {
        @Override
        void play(TestNode node, String job, SplittableRandom random, CountDownLatch go) {
            begin(node, job);
            node.chunk(job, HELLO);
            node.chunk(job, END);
            node.done(job);
        }
    },
    /// Answers, but first waits for a sign after its first words.
    WELL_WHEN_TOLD {
        @Override
        void play(TestNode node, String job, SplittableRandom random, CountDownLatch go) {
            begin(node, job);
            node.chunk(job, HELLO);
            await(go);
            node.chunk(job, END);
            node.done(job);
        }
    },
    /// Takes the job and does nothing before a sign.
    WAITING {
        @Override
        void play(TestNode node, String job, SplittableRandom random, CountDownLatch go) {
            begin(node, job);
            await(go);
        }
    },
    DIES_BEFORE_FIRST_BYTE {
        @Override
        void play(TestNode node, String job, SplittableRandom random, CountDownLatch go) {
            if (random.nextBoolean()) {
                begin(node, job);
            }
            node.die();
        }
    },
    DIES_AFTER_FIRST_BYTE {
        @Override
        void play(TestNode node, String job, SplittableRandom random, CountDownLatch go) {
            begin(node, job);
            for (int i = random.nextInt(1, 20); i > 0; i--) {
                node.chunk(job, HELLO);
            }
            node.die();
        }
    },
    SILENT {
        @Override
        void play(TestNode node, String job, SplittableRandom random, CountDownLatch go) {
            if (random.nextBoolean()) {
                begin(node, job);
                if (random.nextBoolean()) {
                    node.chunk(job, HELLO);
                }
            }
        }
    },
    GARBAGE {
        @Override
        void play(TestNode node, String job, SplittableRandom random, CountDownLatch go) {
            begin(node, job);
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                node.chunk(job, GARBAGE_PIECES.get(random.nextInt(GARBAGE_PIECES.size())));
            }
            node.done(job);
        }
    },
    NO_USAGE {
        @Override
        void play(TestNode node, String job, SplittableRandom random, CountDownLatch go) {
            begin(node, job);
            node.chunk(job, HELLO);
            if (random.nextBoolean()) {
                node.chunk(job, "data: [DONE]\n\n");
            }
            node.done(job);
        }
    },
    INFLATED_USAGE {
        @Override
        void play(TestNode node, String job, SplittableRandom random, CountDownLatch go) {
            begin(node, job);
            node.chunk(job, HELLO);
            long prompt = random.nextLong(1_000, Long.MAX_VALUE);
            long completion = random.nextLong(1_000, Long.MAX_VALUE);
            node.chunk(
                    job,
                    ("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":%d,"
                                    + "\"completion_tokens\":%d,\"total_tokens\":%d}}\n\n")
                            .formatted(prompt, completion, Long.MAX_VALUE));
            node.chunk(job, "data: [DONE]\n\n");
            node.done(job);
        }
    };

    private static final String HELLO =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\n";

    private static final String END =
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1,"
                    + "\"total_tokens\":10}}\n\ndata: [DONE]\n\n";

    private static final List<String> GARBAGE_PIECES =
            List.of(
                    "data: {\"choices\":[{\"ind\n\n",
                    "<html><body>502 Bad Gateway</body></html>\n\n",
                    "data: \u0000\u0001\ufffd\n\n",
                    "data: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n\n",
                    "event: cashu_change\ndata: {\"token\":\"cashuBnothing\"}\n\n",
                    "data: {\"type\":\"cashu_change\",\"token\":\"cashuB0\",\"change_sats\":9}\n\n",
                    "data: {\"error\":{\"message\":\"out of memory\"}}\n\n",
                    "data: {\"choices\":[{\"delta\":{\"content\":7}}]}\n\n",
                    "data: 12345678901234567890\n\n",
                    "\n\n\n\n");

    /// Plays it.
    ///
    /// @param go the sign, for those that wait for one
    abstract void play(TestNode node, String job, SplittableRandom random, CountDownLatch go);

    private static void begin(TestNode node, String job) {
        node.accept(job);
        var _ = node.fetch(job);
    }

    private static void await(CountDownLatch go) {
        try {
            if (!go.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the sign did not come");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
