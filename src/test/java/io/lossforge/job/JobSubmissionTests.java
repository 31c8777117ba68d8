package io.lossforge.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.loss.ClassWeights;
import io.lossforge.training.Catalogues;
import io.lossforge.training.EarlyStopping;
import io.lossforge.training.Imbalance;
import io.lossforge.training.Resources;
import io.lossforge.training.TrainingSpec;
import io.lossforge.training.WeightAveraging;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JobSubmissionTests {

    static List<Record> documented() {
        return List.of(
                new TrainingSpec(),
                new ClassWeights(),
                new EarlyStopping(),
                new Imbalance(),
                new WeightAveraging(),
                new Resources());
    }

    @ParameterizedTest
    @MethodSource("documented")
    void documentShowsTheSameKeysAndDefaults(Record defaults) {
        var document = document(defaults);
        assertThat(Arrays.stream(document.getRecordComponents()).map(RecordComponent::getName))
                .containsExactlyElementsOf(Arrays.stream(defaults.getClass().getRecordComponents())
                        .map(RecordComponent::getName)
                        .toList());
        var values = Catalogues.JSON.write(defaults);
        for (var component : document.getRecordComponents()) {
            var stated = component.getAccessor().getAnnotation(Schema.class);
            var value = values.path(component.getName());
            if (stated != null && !stated.defaultValue().isEmpty()) {
                assertThat(value.isNumber() ? Double.parseDouble(stated.defaultValue()) : stated.defaultValue())
                        .as(component.getName())
                        .isEqualTo(value.isNumber() ? (Object) value.asDouble() : value.asString());
            } else if (stated != null && value.has("name")) {
                assertThat(stated.description())
                        .as(component.getName())
                        .contains(value.path("name").asString() + " when absent");
            } else {
                assertThat(value.isNumber())
                        .as("%s has a default to state", component.getName())
                        .isFalse();
            }
        }
    }

    private static Class<?> document(Record defaults) {
        if (defaults instanceof ClassWeights) {
            return JobSubmission.ClassWeighting.class;
        }
        if (defaults instanceof EarlyStopping) {
            return JobSubmission.EarlyStop.class;
        }
        if (defaults instanceof Imbalance) {
            return JobSubmission.LongTail.class;
        }
        if (defaults instanceof WeightAveraging) {
            return JobSubmission.Averaging.class;
        }
        return defaults instanceof Resources ? JobSubmission.Devices.class : JobSubmission.class;
    }
}
