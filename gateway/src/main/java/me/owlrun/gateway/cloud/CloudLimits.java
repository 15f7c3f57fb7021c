package me.owlrun.gateway.cloud;

import java.time.Duration;

/// How long and large a job at a cloud may get.
///
/// @param relayWaitMax how long an answer waits for a slow buyer before it ends there
/// @param jobMax how long a whole call may take; a job ends earlier by the buyer's side
/// @param answerBytesMax the most one answer may have
record CloudLimits(Duration relayWaitMax, Duration jobMax, int answerBytesMax) {}
