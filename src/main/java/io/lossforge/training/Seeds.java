package io.lossforge.training;

import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Randomness without memory: every generator is a pure function of the job's seed, what it is for, and a position such as epoch and
 * step. Nothing random has to be saved with a checkpoint. The numbers come from {@link Random}, whose algorithm its
 * documentation fixes, so that every JDK draws the same.
 */
final class Seeds {

    /** What random numbers are for: two purposes never share a sequence. */
    enum Purpose {
        IMBALANCE,
        VALIDATION,
        WEIGHTS,
        ORDER,
        AUGMENTATION,
        LAYERS
    }

    private final long seed;

    Seeds(long seed) {
        this.seed = seed;
    }

    RandomGenerator generator(Purpose purpose, long... position) {
        return new Random(mixed(purpose, position));
    }

    /** A seed for the engine, which takes 32 bits. */
    int engineSeed(Purpose purpose, long... position) {
        return (int) (mixed(purpose, position) >>> 32);
    }

    private long mixed(Purpose purpose, long[] position) {
        long state = mix(seed + 0x9E3779B97F4A7C15L);
        state = mix(state ^ (purpose.ordinal() + 1L) * 0xD1B54A32D192ED03L);
        for (long part : position) {
            state = mix(state + 0x9E3779B97F4A7C15L ^ mix(part + 0x632BE59BD9B4E019L));
        }
        return state;
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): each bit of the input changes half of the output's. */
    private static long mix(long bits) {
        long first = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        long second = (first ^ first >>> 27) * 0x94D049BB133111EBL;
        return second ^ second >>> 31;
    }

    /** Brings the items into random order (Fisher–Yates). */
    static void shuffle(int[] items, RandomGenerator random) {
        for (int i = items.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int item = items[i];
            items[i] = items[other];
            items[other] = item;
        }
    }
}
