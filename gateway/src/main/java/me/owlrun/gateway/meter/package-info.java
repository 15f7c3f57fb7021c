/// What a job costs: token prices, the exact tariff in millisats, the split of a price between
/// provider and gateway, bounds on what a node may report, and what each provider earned per day.
/// `market`, `pay`, `chat` and `node` use it. Owns the table `provider_day`.
package me.owlrun.gateway.meter;
