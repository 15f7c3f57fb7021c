package me.owlrun.agent.machine;

/// The GPU of this machine, as a thing to read from time to time.
public interface Gpu {
    /// Reads the figures; takes seconds at most, and never fails: what cannot be read is 0.
    GpuReading read() throws InterruptedException;

    /// The GPU of this machine: NVIDIA's if its tool is there, else none. AMD and Apple follow.
    static Gpu ofThisMachine() {
        return new NvidiaGpu("nvidia-smi");
    }
}
