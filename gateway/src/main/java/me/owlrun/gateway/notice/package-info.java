/// Broadcasts: what the operator tells everybody, by `GET /v1/broadcasts` and to nodes with each
/// heartbeat. Called by the wiring, `admin` and `node`. Owns the table `broadcast`.
package me.owlrun.gateway.notice;
