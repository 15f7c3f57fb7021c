package me.owlrun.gateway.lnurl;

import java.util.Optional;

/// What the payee's server says about one of its invoices (LUD-21). It is evidence for people and
/// never decides about money.
///
/// @param settled whether it says that the money came
/// @param preimageHex the proof it shows, if any
public record Settlement(boolean settled, Optional<String> preimageHex) {}
