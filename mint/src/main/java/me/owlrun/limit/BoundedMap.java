package me.owlrun.limit;

import java.util.LinkedHashMap;
import java.util.Map;

/// A map that forgets what was not used for the longest time once it is full.
public final class BoundedMap<K, V> extends LinkedHashMap<K, V> {

    private static final int FIRST_CAPACITY = 16;
    private static final float LOAD_FACTOR = 0.75f;

    private final int sizeMax;

    /// @param sizeMax entries it may hold
    public BoundedMap(int sizeMax) {
        super(FIRST_CAPACITY, LOAD_FACTOR, true);
        this.sizeMax = sizeMax;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > sizeMax;
    }
}
