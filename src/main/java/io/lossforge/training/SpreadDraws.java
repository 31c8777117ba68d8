package io.lossforge.training;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/**
 * Draws of samples by class. Every class k has its draws spread evenly, one at a random point of each stretch of {@code 1 / P(k)} draws,
 * rather than each draw by itself, so that no class is missing for long by chance. The samples of a class come in random order, and again in
 * another one when all have come.
 */
final class SpreadDraws {

    private record Draw(double at, int label, long turn) {}

    private final double[] stretch;
    private final RandomGenerator random;

    private SpreadDraws(double[] stretch, RandomGenerator random) {
        this.stretch = stretch;
        this.random = random;
    }

    /**
     * Draws.
     *
     * @param members samples of each class; brought into another order
     * @param weights P(k) of each class, of any scale; 0 for one without samples
     * @param count how many to draw
     */
    static int[] of(int[][] members, double[] weights, int count, RandomGenerator random) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        var stretch = new double[weights.length];
        for (int label = 0; label < weights.length; label++) {
            stretch[label] = sum / weights[label];
        }
        return new SpreadDraws(stretch, random).draw(members, count);
    }

    private int[] draw(int[][] members, int count) {
        var draws = new PriorityQueue<>(Comparator.comparingDouble(Draw::at).thenComparingInt(Draw::label));
        for (int label = 0; label < members.length; label++) {
            if (members[label].length > 0) {
                draws.add(next(label, 0));
            }
        }
        var order = new int[count];
        for (int i = 0; i < order.length; i++) {
            var draw = draws.remove();
            int place = (int) (draw.turn % members[draw.label].length);
            if (place == 0) {
                Seeds.shuffle(members[draw.label], random);
            }
            order[i] = members[draw.label][place];
            draws.add(next(draw.label, draw.turn + 1));
        }
        return order;
    }

    private Draw next(int label, long turn) {
        return new Draw((turn + random.nextDouble()) * stretch[label], label, turn);
    }
}
