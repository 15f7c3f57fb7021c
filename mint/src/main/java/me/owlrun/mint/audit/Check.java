package me.owlrun.mint.audit;

/// One question to the books that must find nothing.
///
/// @param name names it for ever
/// @param quick whether it stays cheap however many proofs there are
/// @param sql selects one row per breach
record Check(String name, boolean quick, String sql) {

    static Check quick(String name, String sql) {
        return new Check(name, true, sql);
    }

    static Check whole(String name, String sql) {
        return new Check(name, false, sql);
    }
}
