/// Jobs that nodes give away, and the karma that they get for it: who may ask, how often and for
/// how much, where there is room, and what was given. Called by `chat` as the last way of paying.
/// Owns the tables `free_job` and `karma_day`.
package me.owlrun.gateway.free;
