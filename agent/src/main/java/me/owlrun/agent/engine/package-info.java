/// The inference engine behind one small interface: Ollama, any OpenAI-compatible server, or the
/// shipped mock. Owns the cutting of an engine's octets into whole events and the judgement whether
/// an answer is complete. `job` runs answers, `link` asks for models. Owns no tables.
package me.owlrun.agent.engine;
