/// The buyer's side in OpenAI's and Ollama's formats, from the request to the change: each
/// `Dialect` has its `*Request` and `*Reply`, one `JobDesk` serves all. Reads frames of nodes to
/// meter and to clean them, never stores or logs a prompt or an answer. Owns no tables.
package me.owlrun.gateway.chat;
