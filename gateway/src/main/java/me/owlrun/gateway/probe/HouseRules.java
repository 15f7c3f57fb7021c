package me.owlrun.gateway.probe;

import me.owlrun.money.Msat;

import java.time.Duration;

/// The numbers of jobs of the house; all of them are settings.
///
/// @param every how often a node is asked, on average; zero: never
/// @param afterFailure how soon a node that lost a job is asked
/// @param atOnce how many of these jobs run at a time
/// @param checkPercent how many of them have an answer that can be judged
/// @param paidAfter how long a node has to be known before these jobs are paid
/// @param dayMax the most that all nodes get for them in a day
/// @param providerDayMax the most that one provider gets
record HouseRules(
        Duration every,
        Duration afterFailure,
        int atOnce,
        int checkPercent,
        Duration paidAfter,
        Msat dayMax,
        Msat providerDayMax) {}
