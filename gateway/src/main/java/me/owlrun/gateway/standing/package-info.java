/// What machines have earned, kept: health by day, time online, speed. Written by the clock, never
/// by who waits for an answer; read when a node connects. Owns the tables `node_day`, `node_online`
/// and `node_speed`.
package me.owlrun.gateway.standing;
