package me.owlrun.agent.idle;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.Optional;

/// Windows: `GetLastInputInfo` against `GetTickCount`, both milliseconds since the start in 32
/// bits, so their difference is taken without sign and survives the wrap after 49.7 days. Tells
/// about the session the agent runs in.
final class WindowsIdle implements IdleSource {
    private static final int STRUCT_BYTES = 8;

    private Optional<Calls> calls = Optional.empty();

    /// The two functions of Windows.
    private record Calls(MethodHandle lastInput, MethodHandle tickCount) {}

    @Override
    public String name() {
        return "windows";
    }

    @Override
    public Optional<Duration> idle() {
        try (Arena arena = Arena.ofConfined()) {
            if (calls.isEmpty()) {
                calls = Optional.of(load());
            }
            MemorySegment info = arena.allocate(STRUCT_BYTES, Integer.BYTES);
            info.set(ValueLayout.JAVA_INT, 0, STRUCT_BYTES);
            int success = (int) calls.get().lastInput().invokeExact(info);
            int now = (int) calls.get().tickCount().invokeExact();
            return success == 0
                    ? Optional.empty()
                    : Optional.of(between(info.get(ValueLayout.JAVA_INT, 4), now));
        } catch (Throwable notHere) {
            return Optional.empty();
        }
    }

    /// The time between two counts of milliseconds that wrap at 32 bits.
    static Duration between(int earlier, int later) {
        return Duration.ofMillis(Integer.toUnsignedLong(later - earlier));
    }

    // Its own few lines of native code: the module is started with --enable-native-access.
    @SuppressWarnings("restricted")
    private static Calls load() {
        Linker linker = Linker.nativeLinker();
        Arena forever = Arena.global();
        SymbolLookup user = SymbolLookup.libraryLookup("user32.dll", forever);
        SymbolLookup kernel = SymbolLookup.libraryLookup("kernel32.dll", forever);
        return new Calls(
                linker.downcallHandle(
                        user.findOrThrow("GetLastInputInfo"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS)),
                linker.downcallHandle(
                        kernel.findOrThrow("GetTickCount"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT)));
    }
}
