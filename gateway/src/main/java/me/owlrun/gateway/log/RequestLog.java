package me.owlrun.gateway.log;

import me.owlrun.gateway.http.RequestGate;
import me.owlrun.gateway.http.RequestScope;

import java.util.logging.Level;
import java.util.logging.Logger;

/// One line for each answered request, if the operator wants them; failures of ours always.
///
/// @param all whether every request gets its line
public record RequestLog(boolean all) implements RequestGate.Log {

    static final String NAME = "me.owlrun.gateway.request";

    private static final Logger LOG = Logger.getLogger(NAME);
    private static final int OURS_FROM = 500;

    @Override
    public void answered(RequestScope request, int status) {
        Level level = all || status == OURS_FROM ? Level.INFO : Level.FINE;
        if (LOG.isLoggable(level)) {
            LOG.log(new RequestRecord(level, request, status));
        }
    }
}
