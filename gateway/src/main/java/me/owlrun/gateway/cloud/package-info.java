/// Nodes that are accounts at a cloud: any server that speaks OpenAI's API, reached with the token
/// that its owner gave. The token is sealed under a key from outside the database. To the rest of
/// the gateway such a node is a `NodeLink` like any other. Owns the table `cloud_node`.
package me.owlrun.gateway.cloud;
