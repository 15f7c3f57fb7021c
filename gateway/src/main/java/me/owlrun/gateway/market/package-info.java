/// What is for sale and who gets the next job: the price list, the public list of models, the
/// choice among nodes. `chat`, `job` and `node` use it. Owns no tables.
package me.owlrun.gateway.market;
