package me.owlrun.agent.link;

import me.owlrun.agent.machine.GpuReading;
import me.owlrun.agent.wire.Gateway;
import me.owlrun.agent.wire.Registration;

/// What stays the same about this node between two registrations.
///
/// @param nodeId this machine, a UUID
/// @param gateway where it registers, and with which key
/// @param terms what the owner wants
/// @param engine the kind of engine
/// @param ollamaUrl where Ollama listens, empty if the engine is another
/// @param capacity jobs it runs at the same time
/// @param version the agent's version
public record NodeCard(
        String nodeId,
        Gateway gateway,
        Registration.Terms terms,
        String engine,
        String ollamaUrl,
        int capacity,
        String version) {
    Registration registration(Inventory.Stock stock) {
        GpuReading gpu = stock.gpu();
        return new Registration(
                nodeId,
                gateway.key(),
                new Registration.Hardware(
                        gpu.name(),
                        gpu.vendor(),
                        gpu.vramTotalMb(),
                        gpu.vramFreeMb(),
                        gpu.vramExact()),
                stock.models(),
                terms,
                engine,
                ollamaUrl,
                capacity,
                version);
    }
}
