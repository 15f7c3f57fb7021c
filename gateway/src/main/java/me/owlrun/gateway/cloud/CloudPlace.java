package me.owlrun.gateway.cloud;

import me.owlrun.gateway.job.NodeIdentity;

import java.net.URI;

/// Where a token belongs: whose node it is and which server gets it. A token is sealed for its
/// place, so whoever can write to the database can neither hand it to another node nor have it sent
/// to a server of his own.
record CloudPlace(NodeIdentity node, URI baseUrl) {

    /// The same for the same place, different for any other.
    String text() {
        return node.providerId() + "\n" + node.nodeId() + "\n" + baseUrl;
    }
}
