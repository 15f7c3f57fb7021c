package me.owlrun.gateway.routing;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// One connected node in the [Router], whose lock guards it.
///
/// @param <T> what stands for the node
public final class RoutedNode<T> {

    private final T link;
    private final Standing standing;
    private int declaredCapacity;
    final Map<String, Seat<T>> seats = new LinkedHashMap<>();
    int running;
    boolean away;

    /// Whether the loss of the connection was counted.
    boolean lost;

    Instant refusedUntil = Instant.MIN;

    /// When it is looked at again, or [Instant#MAX].
    Instant wakeAt = Instant.MAX;

    RoutedNode(T link, Standing standing, int declaredCapacity) {
        this.link = link;
        this.standing = standing;
        this.declaredCapacity = declaredCapacity;
    }

    /// What the caller knows it by.
    public T link() {
        return link;
    }

    Standing standing() {
        return standing;
    }

    void declare(int capacity) {
        declaredCapacity = capacity;
    }

    /// Jobs it may run at once now.
    int capacity() {
        return Ramp.capacity(declaredCapacity, standing.ramp());
    }
}
