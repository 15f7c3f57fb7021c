package me.owlrun.gateway.pay;

import me.owlrun.gateway.meter.Bill;
import me.owlrun.money.Msat;

import java.util.Optional;

/// How a charge was closed.
///
/// @param cost what the buyer paid; zero for a refund
/// @param bill what was paid for, when a job was
/// @param change what the buyer gets in its hands; empty when the rest went back to its balance
public record Receipt(Msat cost, Optional<Bill> bill, Optional<Change> change) {}
