package io.lossforge.prediction;

import java.util.Arrays;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;

/** Reads nested arrays of numbers straight from the text into samples, without a tree of them. */
final class NumberArrays {

    /** Batch, channels, height, width and one more, so that the message can say what is wrong. */
    private static final int DEEPEST = 5;

    /** An array that is not one of numbers within bounds. The message goes after the place, such as {@code /instances/3}. */
    static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message, null, false, false);
        }
    }

    private final JsonParser json;
    private final Samples samples;
    private final long most;
    private final int[] lengths = new int[DEEPEST];
    private final int[] counts = new int[DEEPEST];
    private int depth;
    private int deepest;
    private boolean numbersSeen;
    private long total;

    private NumberArrays(JsonParser json, Samples samples, int most) {
        this.json = json;
        this.samples = samples;
        this.most = (long) most * samples.input().size();
        Arrays.fill(lengths, -1);
    }

    /**
     * Reads the array that starts at the parser's token, to its end. Every so many numbers as a sample has are a sample, however they are
     * nested: the caller checks the dimensions.
     *
     * @param most samples that are stored; further numbers are only counted, for the dimensions
     * @return its dimensions, outermost first
     * @throws Refused if an element is no number within bounds, or arrays side by side differ in length
     */
    static int[] read(JsonParser json, Samples samples, int most) {
        return new NumberArrays(json, samples, most).read();
    }

    private int[] read() {
        var token = json.currentToken();
        do {
            if (token == JsonToken.START_ARRAY) {
                open();
            } else if (token == JsonToken.END_ARRAY) {
                close();
            } else {
                number(token);
            }
        } while (depth > 0 && (token = json.nextToken()) != null);
        return Arrays.copyOf(lengths, deepest);
    }

    private void open() {
        if (numbersSeen && depth >= deepest) {
            throw new Refused("mixes numbers and arrays");
        }
        if (depth == DEEPEST) {
            throw new Refused("is nested more than %d deep".formatted(DEEPEST));
        }
        if (depth > 0) {
            counts[depth - 1]++;
        }
        counts[depth] = 0;
        depth++;
        deepest = Math.max(deepest, depth);
    }

    private void close() {
        depth--;
        if (lengths[depth] == -1) {
            lengths[depth] = counts[depth];
        } else if (lengths[depth] != counts[depth]) {
            throw new Refused("has arrays of different lengths side by side: %d and %d numbers or arrays"
                    .formatted(lengths[depth], counts[depth]));
        }
    }

    private void number(JsonToken token) {
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
            throw new Refused("must hold numbers only, has " + named(token));
        }
        if (depth < deepest) {
            throw new Refused("mixes numbers and arrays");
        }
        numbersSeen = true;
        counts[depth - 1]++;
        if (total < most && total % samples.input().size() == 0) {
            samples.begin();
        }
        if (samples.input().pixels()) {
            int value = pixel(token);
            if (total < most) {
                samples.putPixel(value);
            }
        } else {
            float value = feature();
            if (total < most) {
                samples.putFeature(value);
            }
        }
        total++;
        if (total <= most && total % samples.input().size() == 0) {
            samples.end();
        }
    }

    private int pixel(JsonToken token) {
        if (token == JsonToken.VALUE_NUMBER_INT) {
            try {
                int value = json.getIntValue();
                if (value >= 0 && value <= 255) {
                    return value;
                }
            } catch (InputCoercionException e) {
                throw outOfRange();
            }
            throw outOfRange();
        }
        double value = json.getDoubleValue();
        if (!Samples.isPixel(value)) {
            throw outOfRange();
        }
        return (int) Math.round(value);
    }

    private Refused outOfRange() {
        return new Refused("pixels are 0 to 255, number %d is %s".formatted(total, shown()));
    }

    private float feature() {
        float value = json.getFloatValue();
        if (!Float.isFinite(value)) {
            throw new Refused("must hold finite float32 numbers, number %d is %s".formatted(total, shown()));
        }
        return value;
    }

    private String shown() {
        return JsonBodies.shortened(40, json.getString());
    }

    private static String named(JsonToken token) {
        return switch (token) {
            case VALUE_NULL -> "null";
            case VALUE_STRING -> "a text";
            case START_OBJECT -> "an object";
            default -> "true or false";
        };
    }
}
