package io.lossforge.worker;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Cards drawn in a random order; when all are gone they are shuffled anew, so that each comes as often as it is in there. */
final class Deck<T> {

    private final List<T> cards;
    private final Random random;
    private final List<T> left = new ArrayList<>();

    Deck(Collection<T> cards, Random random) {
        this.cards = List.copyOf(cards);
        this.random = random;
    }

    T draw() {
        if (left.isEmpty()) {
            left.addAll(cards);
            Collections.shuffle(left, random);
        }
        return left.remove(left.size() - 1);
    }
}
