package me.owlrun.agent.watch;

import me.owlrun.agent.idle.UserIdle;
import me.owlrun.agent.machine.GpuReading;

import java.time.LocalDateTime;
import java.util.Optional;

/// What the machine looks like at one moment.
///
/// @param user how long the user has been away
/// @param heavyProgram a game or heavy program that runs
/// @param gpu the GPU's figures
/// @param gpuByOthersPct how much others use the GPU; 0 while jobs of ours run
/// @param battery whether the machine lives on its battery
/// @param time the machine's own time
/// @param paused why the owner paused it by hand, if he did
public record Signals(
        UserIdle.Reading user,
        Optional<String> heavyProgram,
        GpuReading gpu,
        int gpuByOthersPct,
        boolean battery,
        LocalDateTime time,
        Optional<String> paused) {}
