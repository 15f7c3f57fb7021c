/// Who gets the next job: health, breaker, ramp-up, speed, trust and karma of nodes, and the router
/// that chooses by them. Pure: it is told the time and owns no tables. Seed `002`.
package me.owlrun.gateway.routing;
