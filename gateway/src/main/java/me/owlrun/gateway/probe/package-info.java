/// Jobs of the house: the gateway asks nodes as a buyer would, to learn whether they answer, how
/// fast, and whether it is the model they name. Paid out of the faucet, an account that the
/// operator fills. Owns `house_job`.
package me.owlrun.gateway.probe;
