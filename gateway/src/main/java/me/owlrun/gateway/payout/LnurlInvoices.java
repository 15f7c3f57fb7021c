package me.owlrun.gateway.payout;

import me.owlrun.gateway.lnurl.FailureClass;
import me.owlrun.gateway.lnurl.LightningAddress;
import me.owlrun.gateway.lnurl.LnurlPay;
import me.owlrun.gateway.lnurl.Lookup;
import me.owlrun.gateway.lnurl.PayInvoice;
import me.owlrun.gateway.lnurl.PayTerms;
import me.owlrun.gateway.lnurl.Refusal;
import me.owlrun.money.Msat;

import java.util.Optional;

/// Gets invoices by LNURL-pay.
final class LnurlInvoices implements Invoices {

    private final LnurlPay lnurl;

    LnurlInvoices(LnurlPay lnurl) {
        this.lnurl = lnurl;
    }

    @Override
    public Answer invoice(String address, Msat amount, String comment) {
        Optional<LightningAddress> parsed = LightningAddress.parse(address);
        if (parsed.isEmpty()) {
            return new Answer.None(Failure.ADDRESS, "this is no Lightning address");
        }
        return switch (lnurl.terms(parsed.get())) {
            case Lookup.Refused<PayTerms>(Refusal refusal, String reason) ->
                    new Answer.None(failure(refusal), reason);
            case Lookup.Found<PayTerms>(PayTerms terms) -> invoice(terms, amount, comment);
        };
    }

    private Answer invoice(PayTerms terms, Msat amount, String comment) {
        return switch (lnurl.invoice(terms, amount, comment)) {
            case Lookup.Refused<PayInvoice>(Refusal refusal, String reason) ->
                    new Answer.None(failure(refusal), reason);
            case Lookup.Found<PayInvoice>(PayInvoice found) -> new Answer.Found(found.invoice());
        };
    }

    private static Failure failure(Refusal refusal) {
        FailureClass failureClass = refusal.failureClass();
        return switch (failureClass) {
            case TEMPORARY -> Failure.TEMPORARY;
            case ADDRESS -> Failure.ADDRESS;
            case BAD_INVOICE -> Failure.BAD_INVOICE;
            case BELOW_MIN -> Failure.BELOW_MIN;
        };
    }
}
