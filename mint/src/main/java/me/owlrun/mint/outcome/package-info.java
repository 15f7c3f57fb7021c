/// What a use case of the mint can answer: the thing asked for, or a refusal with a stable code.
/// Every feature package of the mint uses it. Owns no tables.
package me.owlrun.mint.outcome;
