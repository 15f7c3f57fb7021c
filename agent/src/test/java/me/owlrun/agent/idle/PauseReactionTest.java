package me.owlrun.agent.idle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import me.owlrun.agent.machine.Battery;
import me.owlrun.agent.machine.GpuReading;
import me.owlrun.agent.machine.Programs;
import me.owlrun.agent.watch.HandBrake;
import me.owlrun.agent.watch.Policy;
import me.owlrun.agent.watch.Schedule;
import me.owlrun.agent.watch.Verdict;
import me.owlrun.agent.watch.Watch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// From a real hand on a real X server to the verdict: the user comes, the node rests.
final class PauseReactionTest {
    private static final Policy POLICY =
            new Policy(
                    Policy.Mode.IDLE,
                    Duration.ofSeconds(3),
                    100,
                    false,
                    Set.of(),
                    Schedule.ALWAYS,
                    0,
                    true);

    @TempDir private Path folder;

    @Test
    void user_movingTheMouse_pausesTheNodeAndFreesItAfterwards() throws Exception {
        BlockingQueue<Verdict> told = new LinkedBlockingQueue<>();
        HandBrake brake = new HandBrake(Clock.systemUTC());
        try (TestScreen screen = TestScreen.start(folder);
                UserIdle user =
                        new UserIdle(List.of(new X11Idle(screen.environment())), List.of());
                Watch watch =
                        new Watch(
                                new Watch.Eyes(
                                        user,
                                        new Programs(folder),
                                        () -> GpuReading.NONE,
                                        new Battery(folder)),
                                () -> POLICY,
                                brake,
                                () -> false,
                                told::add,
                                Clock.systemUTC())) {
            screen.touch();
            watch.start();
            Verdict first = next(told);
            assertInstanceOf(
                    Verdict.Work.class, first instanceof Verdict.Rest ? next(told) : first);
            long touchedNanos = System.nanoTime();
            screen.touch();
            Verdict.Rest rest = assertInstanceOf(Verdict.Rest.class, next(told));
            long millis = Duration.ofNanos(System.nanoTime() - touchedNanos).toMillis();
            System.out.println("paused " + millis + " ms after the mouse moved");
            assertEquals("user", rest.code());
            assertInstanceOf(Verdict.Work.class, next(told));
            brake.pull(Optional.empty());
            watch.lookNow();
            assertEquals("owner", assertInstanceOf(Verdict.Rest.class, next(told)).code());
        }
    }

    private static Verdict next(BlockingQueue<Verdict> told) throws InterruptedException {
        Verdict verdict = told.poll(40, TimeUnit.SECONDS);
        assertNotNull(verdict, "waited in vain for a verdict");
        return verdict;
    }
}
