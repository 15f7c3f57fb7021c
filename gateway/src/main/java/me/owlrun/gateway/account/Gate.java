package me.owlrun.gateway.account;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;

import java.util.Optional;

/// Lets requests to `/v1/account` in by the key in `Authorization: Bearer`, a buyer's or a
/// provider's. The database is asked every time, so a revoked key ends at once everywhere.
///
/// @param accounts knows the keys
public record Gate(AccountStore accounts) {

    /// For looking only: any key of the account.
    ///
    /// @param bearer what follows `Bearer`
    public Access look(Optional<String> bearer) {
        Optional<Caller> caller =
                bearer.flatMap(ApiKey::of).flatMap(key -> accounts.caller(key.sha256()));
        return caller.isPresent() ? new Access.Granted(caller.get()) : denied(unknownKey());
    }

    /// For keys and for taking money out: no key that may only spend, no paused account.
    public Access manage(Optional<String> bearer) {
        Access access = add(bearer);
        return access instanceof Access.Granted(Caller caller) && caller.spendOnly()
                ? denied(
                        ApiError.of(
                                ErrorCode.KEY_NOT_ALLOWED,
                                "This key pays for requests only; use the account's own key.",
                                "Authorization"))
                : access;
    }

    /// For putting money in: any key, no paused account.
    public Access add(Optional<String> bearer) {
        Access access = look(bearer);
        return access instanceof Access.Granted(Caller caller) && caller.paused()
                ? denied(paused())
                : access;
    }

    /// What every key of a paused account is told.
    public static ApiError paused() {
        return ApiError.of(
                ErrorCode.ACCOUNT_PAUSED,
                "The operator has paused this account; its money is kept. GET /v1/account says"
                        + " why.",
                "Authorization");
    }

    private static Access denied(ApiError error) {
        return new Access.Denied(error);
    }

    private static ApiError unknownKey() {
        return ApiError.of(
                ErrorCode.INVALID_API_KEY,
                "Send a key of the account as Authorization: Bearer owlr_buy_... or owlr_prov_...;"
                        + " POST /v1/beta/signup gives one.",
                "Authorization");
    }
}
