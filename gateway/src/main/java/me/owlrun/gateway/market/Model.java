package me.owlrun.gateway.market;

import me.owlrun.gateway.meter.ModelPrice;

/// One model on sale.
///
/// @param id its tag, such as `qwen2.5:0.5b`
/// @param name its name for people
/// @param contextLength tokens that prompt and answer may have together
/// @param price what its tokens cost
public record Model(String id, String name, int contextLength, ModelPrice price) {}
