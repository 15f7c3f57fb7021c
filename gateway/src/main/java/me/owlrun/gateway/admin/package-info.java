/// The operator's side: the admin interface, pauses, stuck money, the audit by the clock, health,
/// public totals, and bills made again. Called by the wiring; other features see only its small
/// interfaces. Owns the tables `pause`, `node_maintenance`, `audit_result`, `flow_total` and
/// `flow_through`, and makes `broadcast`.
package me.owlrun.gateway.admin;
