package me.owlrun.cashu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// The functions of libsecp256k1 that we use, one method each; every one says whether it succeeded.
/// A key is the library's own 64-byte form of a point, which only the library reads.
@SuppressWarnings("restricted") // calling native code is what this is for
final class NativeCurve {

    /// Bytes of the library's form of a point.
    static final int KEY_BYTES = 64;

    private static final int CONTEXT_NONE = 1;
    private static final int SERIALIZE_UNCOMPRESSED = 2;
    private static final int COORDINATE_BYTES = 32;
    private static final String PREFIX = "secp256k1_";

    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup library;
    private final MemorySegment context;
    private final MemorySegment copyCoordinates;
    private final MethodHandle parse;
    private final MethodHandle serialize;
    private final MethodHandle create;
    private final MethodHandle ecdh;
    private final MethodHandle multiply;
    private final MethodHandle combine;
    private final MethodHandle scalarMultiply;
    private final MethodHandle scalarAdd;

    /// @param library the loaded library
    /// @param random 32 bytes of pure chance that blind the multiplication of the generator
    /// @throws RuntimeException when the library lacks a function or the platform cannot call it
    NativeCurve(SymbolLookup library, byte[] random) {
        this.library = library;
        parse = onHeap("ec_pubkey_parse", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
        serialize = onHeap("ec_pubkey_serialize", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
        create = onHeap("ec_pubkey_create", ADDRESS, ADDRESS, ADDRESS);
        multiply = onHeap("ec_pubkey_tweak_mul", ADDRESS, ADDRESS, ADDRESS);
        scalarMultiply = onHeap("ec_seckey_tweak_mul", ADDRESS, ADDRESS, ADDRESS);
        scalarAdd = onHeap("ec_seckey_tweak_add", ADDRESS, ADDRESS, ADDRESS);
        combine = offHeap("ec_pubkey_combine", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
        ecdh = offHeap("ecdh", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        copyCoordinates = callback();
        context = context(random);
    }

    private MethodHandle onHeap(String name, MemoryLayout... arguments) {
        return linker.downcallHandle(
                library.findOrThrow(PREFIX + name),
                FunctionDescriptor.of(JAVA_INT, arguments),
                Linker.Option.critical(true));
    }

    private MethodHandle offHeap(String name, MemoryLayout... arguments) {
        return linker.downcallHandle(
                library.findOrThrow(PREFIX + name), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private MemorySegment context(byte[] random) {
        MethodHandle make =
                linker.downcallHandle(
                        library.findOrThrow(PREFIX + "context_create"),
                        FunctionDescriptor.of(ADDRESS, JAVA_INT));
        MethodHandle randomize = onHeap("context_randomize", ADDRESS, ADDRESS);
        MemorySegment made = call(() -> (MemorySegment) make.invokeExact(CONTEXT_NONE));
        int done = call(() -> (int) randomize.invokeExact(made, heap(random)));
        if (done != 1) {
            throw new IllegalStateException("libsecp256k1 did not take the blinding");
        }
        return made;
    }

    private MemorySegment callback() {
        AddressLayout coordinate = to(COORDINATE_BYTES);
        MethodType type =
                MethodType.methodType(
                        int.class,
                        MemorySegment.class,
                        MemorySegment.class,
                        MemorySegment.class,
                        MemorySegment.class);
        try {
            return linker.upcallStub(
                    MethodHandles.lookup().findStatic(NativeCurve.class, "copy", type),
                    FunctionDescriptor.of(
                            JAVA_INT, to(2 * COORDINATE_BYTES), coordinate, coordinate, ADDRESS),
                    Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the method stands below", e);
        }
    }

    private static AddressLayout to(int bytes) {
        return ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(bytes, JAVA_BYTE));
    }

    /// What ECDH does in place of hashing: both coordinates as they are.
    @SuppressWarnings("unused") // called by the library
    private static int copy(
            MemorySegment output, MemorySegment x, MemorySegment y, MemorySegment data) {
        MemorySegment.copy(x, 0, output, 0, COORDINATE_BYTES);
        MemorySegment.copy(y, 0, output, COORDINATE_BYTES, COORDINATE_BYTES);
        return 1;
    }

    boolean parse(MemorySegment key, byte[] point, long bytes) {
        return ok(() -> (int) parse.invokeExact(context, key, heap(point), bytes));
    }

    void serialize(byte[] point, MemorySegment key) {
        MemorySegment length = MemorySegment.ofArray(new long[] {point.length});
        var _ =
                ok(() ->
                        (int)
                                serialize.invokeExact(
                                        context, heap(point), length, key, SERIALIZE_UNCOMPRESSED));
    }

    boolean create(MemorySegment key, byte[] scalar) {
        return ok(() -> (int) create.invokeExact(context, key, heap(scalar)));
    }

    /// Constant in time; all memory outside the heap.
    boolean ecdh(MemorySegment coordinates, MemorySegment key, MemorySegment scalar) {
        return ok(() ->
                (int)
                        ecdh.invokeExact(
                                context,
                                coordinates,
                                key,
                                scalar,
                                copyCoordinates,
                                MemorySegment.NULL));
    }

    /// Variable in time.
    boolean multiply(MemorySegment key, byte[] scalar) {
        return ok(() -> (int) multiply.invokeExact(context, key, heap(scalar)));
    }

    /// All memory outside the heap.
    boolean combine(Arena arena, MemorySegment sum, MemorySegment p, MemorySegment q) {
        MemorySegment keys = arena.allocate(ADDRESS, 2);
        keys.setAtIndex(ADDRESS, 0, p);
        keys.setAtIndex(ADDRESS, 1, q);
        return ok(() -> (int) combine.invokeExact(context, sum, keys, 2L));
    }

    /// a becomes a·b.
    boolean scalarMultiply(byte[] a, byte[] b) {
        return ok(() -> (int) scalarMultiply.invokeExact(context, heap(a), heap(b)));
    }

    /// a becomes a + b.
    boolean scalarAdd(byte[] a, byte[] b) {
        return ok(() -> (int) scalarAdd.invokeExact(context, heap(a), heap(b)));
    }

    private static MemorySegment heap(byte[] bytes) {
        return MemorySegment.ofArray(bytes);
    }

    /// A call of a method handle.
    @FunctionalInterface
    private interface Call<T> {
        T make() throws Throwable;
    }

    private static boolean ok(Call<Integer> call) {
        return call(call) == 1;
    }

    private static <T> T call(Call<T> call) {
        try {
            return call.make();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) { // what method handles declare; native functions throw nothing
            throw new IllegalStateException("a native function threw", e);
        }
    }
}
