package me.owlrun.bench;

import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;

import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Tokens of one proof each, made before the clock runs. Thread-safe once made.
final class TokenSupply {

    private final Queue<String> tokens;
    private final String unit;

    private TokenSupply(String unit, Queue<String> tokens) {
        this.unit = unit;
        this.tokens = tokens;
    }

    /// Mints.
    ///
    /// @param unit `sat` or `msat`
    /// @param amount of each, a power of two
    static TokenSupply mint(URI mint, String unit, long amount, int count, InstantSource clock) {
        Target target = Target.read(mint, unit);
        Supply supply = new Supply(target, new Books(), new SecureRandom(), clock);
        KeysetId keyset = new KeysetId(target.keysetId());
        Queue<String> tokens = new ConcurrentLinkedQueue<>();
        for (Coin coin : supply.coins(Supply.amounts(count, amount))) {
            Proof proof =
                    new Proof(
                            coin.amount(),
                            keyset,
                            coin.secret(),
                            coin.c(),
                            Optional.empty(),
                            Optional.empty());
            Token token = new Token(mint.toString(), unit, Optional.empty(), List.of(proof));
            tokens.add(TokenCodec.encodeB(token));
        }
        return new TokenSupply(unit, tokens);
    }

    String unit() {
        return unit;
    }

    boolean isEmpty() {
        return tokens.isEmpty();
    }

    /// The header of the next payment.
    String next() {
        String token = tokens.poll();
        if (token == null) {
            throw new BenchException("no token is left");
        }
        return "X-Cashu: " + token + "\r\n";
    }
}
