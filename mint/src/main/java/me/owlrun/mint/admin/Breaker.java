package me.owlrun.mint.admin;

import java.util.Optional;

/// Stops melts by itself when paying goes wrong, until the operator has looked.
public interface Breaker {

    /// Never stops anything.
    Breaker NONE =
            new Breaker() {
                @Override
                public Optional<String> openBecause() {
                    return Optional.empty();
                }

                @Override
                public void close() {}
            };

    /// Why melts are stopped; empty while they are not.
    Optional<String> openBecause();

    /// Lets melts go on.
    void close();
}
