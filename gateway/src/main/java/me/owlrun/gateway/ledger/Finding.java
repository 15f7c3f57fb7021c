package me.owlrun.gateway.ledger;

/// One invariant of the money that does not hold.
///
/// @param code a stable name of the invariant
/// @param detail which row breaks it and by how much
public record Finding(String code, String detail) {}
