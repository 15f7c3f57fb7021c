package me.owlrun.gateway;

import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.node.Switches;
import me.owlrun.gateway.pay.Till;

import java.security.SecureRandom;
import java.time.Clock;

/// What nearly every part of a gateway stands on.
record Core(
        Settings settings,
        Database database,
        LedgerStore ledger,
        EarningStore earnings,
        Till till,
        Switches switches,
        SecureRandom random,
        Clock clock,
        StopSignal stop) {}
