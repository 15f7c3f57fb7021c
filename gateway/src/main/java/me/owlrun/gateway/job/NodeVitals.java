package me.owlrun.gateway.job;

/// What a node last said of itself in a heartbeat, brought within bounds. Kept in memory only.
///
/// @param gpuUtilPct how busy its GPU is, 0 to 100
/// @param vramFreeMb free memory of the GPU
/// @param tempC its temperature
/// @param powerMilliwatt what it draws
/// @param queueDepth jobs that wait or run there
/// @param earningState `earning`, `draining` or another word of the node
public record NodeVitals(
        int gpuUtilPct,
        int vramFreeMb,
        int tempC,
        int powerMilliwatt,
        int queueDepth,
        String earningState) {

    /// What is known before the first heartbeat.
    public static final NodeVitals UNKNOWN = new NodeVitals(0, 0, 0, 0, 0, "earning");

    /// Whether it finishes what runs and wants no more.
    public boolean isDraining() {
        return earningState.equals("draining");
    }
}
