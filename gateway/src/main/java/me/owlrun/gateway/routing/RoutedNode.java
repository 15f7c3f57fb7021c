package me.owlrun.gateway.routing;

import java.util.LinkedHashMap;
import java.util.Map;

/// One connected node in the [Router], whose lock guards it.
///
/// @param <T> what stands for the node
public final class RoutedNode<T> {

    private final T link;
    private final Standing standing;
    private final int declaredCapacity;
    final Map<String, Seat<T>> seats = new LinkedHashMap<>();
    int running;
    boolean away;

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

    int declaredCapacity() {
        return declaredCapacity;
    }

    /// Jobs it may run at once now.
    int capacity() {
        return Ramp.capacity(declaredCapacity, standing.ramp());
    }
}
