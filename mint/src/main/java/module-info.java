/// The mint, and the leaf packages that the gateway shares with it.
module me.owlrun.mint {
    requires transitive com.fasterxml.jackson.databind;
    requires com.zaxxer.hikari;
    requires transitive io.helidon.webserver;
    requires transitive io.helidon.webserver.websocket;
    requires java.logging;
    requires java.management;
    requires java.net.http;
    requires transitive java.sql;
    requires org.bouncycastle.provider;
    requires static org.checkerframework.checker.qual;
    requires org.postgresql.jdbc;
    requires embedded.postgres;

    exports me.owlrun.bech32;
    exports me.owlrun.bolt11;
    exports me.owlrun.cashu;
    exports me.owlrun.config;
    exports me.owlrun.db;
    exports me.owlrun.hash;
    exports me.owlrun.http;
    exports me.owlrun.json;
    exports me.owlrun.limit;
    exports me.owlrun.metrics;
    exports me.owlrun.mint;
    exports me.owlrun.mint.step;
    exports me.owlrun.money;
    exports me.owlrun.operate;
}
