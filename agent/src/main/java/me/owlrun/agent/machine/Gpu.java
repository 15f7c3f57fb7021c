package me.owlrun.agent.machine;

import java.nio.file.Path;
import java.util.List;

/// The GPU of this machine, as a thing to read from time to time.
public interface Gpu {
    /// Reads the figures; takes seconds at most, and never fails: what cannot be read is 0.
    GpuReading read() throws InterruptedException;

    /// The GPU of this machine: the first kind that is there, tried in this order: NVIDIA's by its
    /// tool, AMD's by the kernel's files or AMD's tool, Apple's by the system's tools, else none.
    static Gpu ofThisMachine() {
        boolean apple = System.getProperty("os.name").startsWith("Mac");
        return apple
                ? new AppleGpu()
                : new FirstGpu(
                        List.of(
                                new NvidiaGpu("nvidia-smi"),
                                new AmdGpu(Path.of("/sys/class/drm")),
                                new RocmGpu("rocm-smi")));
    }
}
