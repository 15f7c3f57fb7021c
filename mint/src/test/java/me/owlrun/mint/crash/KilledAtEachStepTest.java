package me.owlrun.mint.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.step.Step;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// `kill -9` at every numbered step of a swap, a mint and a melt, in sat and in msat; the mint that
/// is started next finds everything in order.
final class KilledAtEachStepTest {

    /// Steps that no part of the mint reaches yet. A step that is reached must leave this set, one
    /// that is no longer reached makes the test fail.
    private static final Set<Step> NOT_REACHED_YET = EnumSet.noneOf(Step.class);

    @Test
    void mint_killedAtEachStep_comesBackWithEverythingInOrder() throws Exception {
        List<Throwable> faults = new CopyOnWriteArrayList<>();
        List<StepCrash> chains = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        List<StepCase> sat = StepCase.all(CurrencyUnit.SAT);
        int half = sat.size() / 2;
        chains.add(new StepCrash(CurrencyUnit.SAT, sat.subList(0, half)));
        chains.add(new StepCrash(CurrencyUnit.SAT, sat.subList(half, sat.size())));
        chains.add(new StepCrash(CurrencyUnit.MSAT, StepCase.all(CurrencyUnit.MSAT)));
        for (StepCrash chain : chains) {
            threads.add(Thread.ofPlatform().start(() -> run(chain, faults)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        chains.forEach(chain -> System.out.println(chain.counts()));
        if (!faults.isEmpty()) {
            throw new AssertionError("killed at a step", faults.getFirst());
        }
        Set<Step> unreached = EnumSet.allOf(Step.class);
        unreached.removeAll(MintProcess.REACHED);
        assertEquals(NOT_REACHED_YET, unreached, "see NOT_REACHED_YET");
    }

    private static void run(StepCrash chain, List<Throwable> faults) {
        try (chain) {
            chain.run();
        } catch (RuntimeException | AssertionError e) {
            faults.add(e);
        }
    }
}
