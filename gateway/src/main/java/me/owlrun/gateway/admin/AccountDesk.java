package me.owlrun.gateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;

/// How the operator looks at accounts.
public interface AccountDesk {

    /// The accounts that a text may mean: a number, or the beginning of a key as it is shown to its
    /// owner. Without secrets; at most some tens.
    List<ObjectNode> find(String text);

    /// Lets an account neither buy nor take money out, or lets it again.
    ///
    /// @return false when there is no such account
    boolean pause(String id, boolean paused, String reason);
}
