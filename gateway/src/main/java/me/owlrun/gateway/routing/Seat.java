package me.owlrun.gateway.routing;

/// The place of one node among those that serve one model. Its fields belong to the index that it
/// is in and change under the lock of the [Router].
///
/// @param <T> what stands for the node
final class Seat<T> {

    /// Not in a bag, not on a level.
    static final int NOWHERE = -1;

    final RoutedNode<T> node;
    final Speed speed;
    long weight;
    int index = NOWHERE;
    int level = NOWHERE;

    Seat(RoutedNode<T> node, Speed speed) {
        this.node = node;
        this.speed = speed;
    }

    double karma() {
        return node.standing().karma();
    }
}
