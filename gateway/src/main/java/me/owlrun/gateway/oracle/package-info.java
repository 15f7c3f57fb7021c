/// The price of bitcoin in USD: fixed by a setting, or asked of public exchanges every minute and
/// fixed once a day. Bills are made with the last day's mean. `meter`, `chat` and `node` read it.
/// Owns the tables `oracle_minute` and `oracle_fix`.
package me.owlrun.gateway.oracle;
