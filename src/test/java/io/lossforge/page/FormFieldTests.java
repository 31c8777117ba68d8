package io.lossforge.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class FormFieldTests {

    private static FormField of(String parameter, @Nullable Object value) {
        var json = JsonMapper.shared();
        return FormField.of(
                "adam",
                "/optimizer/parameters/x",
                json.readValue(parameter.replace('\'', '"'), Map.class),
                value,
                json);
    }

    @Test
    void saysWhatAParameterIsAndWithinWhichBounds() {
        var field = of(
                "{'name':'learningRate','type':'number','summary':'learning rate','defaultValue':0.001,'minimum':0,"
                        + "'maximum':1000000,'exclusiveMinimum':true,'exclusiveMaximum':false,'values':[]}",
                1.0E-8);

        assertThat(field.label()).isEqualTo("Learning rate");
        assertThat(field.help()).isEqualTo("Learning rate. Above 0, at most 1000000; usually 0.001.");
        assertThat(field.value()).isEqualTo("0.00000001");
        assertThat(field.usual()).isEqualTo("0.001");
        assertThat(field.id()).isEqualTo("adam-optimizer-parameters-x");
    }

    @Test
    void nothingIsAnEmptyFieldAndAListHasCommas() {
        var field = of(
                "{'name':'dataSeed','type':'integer','summary':'seed of imbalance; null for seed','defaultValue':null,"
                        + "'minimum':0,'maximum':9007199254740991,'values':[]}",
                null);

        assertThat(field.value()).isEmpty();
        assertThat(field.usual()).isEqualTo("null");
        assertThat(field.help()).isEqualTo("Seed of imbalance; empty for seed. At least 0.");
        assertThat(of(
                                "{'name':'milestones','type':'array of integer','summary':'epochs','defaultValue':[],'values':[]}",
                                List.of(30, 60.5))
                        .value())
                .isEqualTo("30, 60.5");
    }
}
