package me.owlrun.mint.crash;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/// The addresses at which mints of one database are believed to run.
final class Fleet {

    private final Map<Integer, String> urls = new ConcurrentSkipListMap<>();

    private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();

    /// A mint answered a request.
    void answered(String url) {
        answers.computeIfAbsent(url, u -> new LongAdder()).increment();
    }

    /// How many requests it answered.
    long answers(String url) {
        return answers.computeIfAbsent(url, u -> new LongAdder()).sum();
    }

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
