package me.owlrun.gateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.function.Function;
import java.util.function.Supplier;

/// A call of the admin interface that another feature answers.
///
/// @param path below the root
/// @param reads whether it only looks (`GET`); else it does something (`POST`)
/// @param useCase what is done with the request's body; an empty one for `GET`
public record AdminCall(String path, boolean reads, Function<ObjectNode, ObjectNode> useCase) {

    /// One that only looks.
    public static AdminCall get(String path, Supplier<ObjectNode> useCase) {
        return new AdminCall(path, true, _ -> useCase.get());
    }

    /// One that does something.
    public static AdminCall post(String path, Function<ObjectNode, ObjectNode> useCase) {
        return new AdminCall(path, false, useCase);
    }
}
