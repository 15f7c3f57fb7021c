/// `GET /v1/economy`: every formula and number of the market with its value now. The features write
/// their own sections. Owns no tables.
package me.owlrun.gateway.economy;
