package me.owlrun.gateway.cloud;

/// A row of `cloud_node`.
record StoredNode(CloudNode node, SealedToken token) {}
