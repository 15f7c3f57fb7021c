package me.owlrun.agent.machine;

import java.util.List;

/// Asks one kind of GPU after the other until one is there, and stays with it. Used by one thread
/// at a time.
final class FirstGpu implements Gpu {
    private final List<Gpu> kinds;
    private volatile int found;

    FirstGpu(List<Gpu> kinds) {
        this.kinds = List.copyOf(kinds);
    }

    @Override
    public GpuReading read() throws InterruptedException {
        for (int kind = found; kind < kinds.size(); kind++) {
            GpuReading reading = kinds.get(kind).read();
            if (!reading.equals(GpuReading.NONE)) {
                found = kind;
                return reading;
            }
        }
        return GpuReading.NONE;
    }
}
