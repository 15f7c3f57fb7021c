/// The buyer's side: `POST /v1/chat/completions` from the request to the change. Reads frames of
/// nodes to meter and to clean them, never stores or logs a prompt or an answer. Owns no tables.
package me.owlrun.gateway.chat;
