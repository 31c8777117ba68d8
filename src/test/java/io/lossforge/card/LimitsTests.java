package io.lossforge.card;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LimitsTests {

    private static final List<String> CLASSES = List.of("common", "rare", "absent");

    @Test
    void eachLimitIsFromANumber() {
        var test = new Card.Evaluated(
                "test",
                112,
                new TreeMap<>(Map.of("accuracy", 0.85)),
                List.of(
                        new Card.ClassScore("common", 0.9, 0.94, 0.88, 0.97, 0.92, 100),
                        new Card.ClassScore("rare", 0.5, 0.25, 0.09, 0.53, 0.33, 12),
                        new Card.ClassScore("absent", 0, 0, null, null, 0, 0)));
        var data = new Card.Data(
                "long-tail:1",
                "csv",
                List.of(
                        new Card.ClassCount("common", 1000L, null, 100L),
                        new Card.ClassCount("rare", 20L, null, 12L),
                        new Card.ClassCount("absent", 40L, null, 0L)),
                50.0,
                null,
                List.of("3 samples are in both splits"));
        var limits = Limits.of(new Limits.Facts(
                CLASSES,
                true,
                data,
                true,
                List.of(test),
                new Card.LearningProperty("train", "NOT_CONVERGED", ""),
                new Card.Calibration("test", 0.12, 0.7, null, null, null),
                false));
        assertThat(limits)
                .contains(
                        "It answers one of its 3 classes whatever it is shown; that a sample is of none of them it can't say.",
                        "absent (0): no test samples, so nothing is known of how well they are found.",
                        "rare (12): fewer than 20 test samples, so that recall and precision are known only roughly.",
                        "Worst found is rare: 25.0 % of its 12 test samples (95 % interval 9.0 % to 53.0 %).",
                        "It is right for 85.0 % of the test samples; who always answers common is right for 89.3 %.",
                        "It saw 50 times as many training samples of common (1000) as of rare (20).",
                        "Of the dataset: 3 samples are in both splits.",
                        "Its probabilities are 12.0 points off on average (expected calibration error on test).")
                .anyMatch(limit -> limit.startsWith("It was trained without a validation split"))
                .anyMatch(limit -> limit.startsWith("Its training has not reached a minimum"));
    }

    @Test
    void ofABroughtModelNothingIsKnownButThatItRuns() {
        var facts = new Limits.Facts(CLASSES, false, null, false, List.of(), null, null, true);
        assertThat(Limits.of(facts)).hasSize(2).anyMatch(limit -> limit.startsWith("It was trained elsewhere."));
        assertThat(Limits.unknown(facts))
                .contains(
                        "the data that it was trained on",
                        "how it was trained, and with which loss",
                        "how well it classifies")
                .noneMatch(phrase -> phrase.contains("deleted"));
    }
}
