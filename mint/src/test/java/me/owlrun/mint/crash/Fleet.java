package me.owlrun.mint.crash;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.random.RandomGenerator;

/// The addresses at which mints of one database are believed to run.
final class Fleet {

    private final Map<Integer, String> urls = new ConcurrentSkipListMap<>();

    /// A mint answers there.
    void up(int place, String url) {
        urls.put(place, url);
    }

    /// It is known to be gone.
    void down(int place) {
        urls.remove(place);
    }

    /// One of them, drawn by lot.
    Optional<String> any(RandomGenerator random) {
        List<String> all = all();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    /// All of them.
    List<String> all() {
        return List.copyOf(urls.values());
    }
}
