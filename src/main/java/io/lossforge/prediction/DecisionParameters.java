package io.lossforge.prediction;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** What an inference request says in its parameters about decisions; in those of its tensors these names mean nothing. */
final class DecisionParameters {

    /** Pointer of the parameters of a request. */
    static final String PARENT = "/parameters";

    private final JsonParser json;
    private final boolean ofRequest;

    private @Nullable Boolean calibrated;
    private @Nullable String prior;
    private @Nullable String decision;
    private @Nullable Double abstainBelow;

    DecisionParameters(JsonParser json, String at) {
        this.json = json;
        ofRequest = at.equals("parameters");
    }

    /** Takes the value that the parser is at, if it is of this; whether it is. */
    boolean take(String key) {
        if (!ofRequest) {
            return false;
        }
        var token = json.currentToken();
        switch (key) {
            case "calibrated" -> {
                check(token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE, key, "true or false");
                calibrated = token == JsonToken.VALUE_TRUE;
            }
            case "prior" -> {
                check(token == JsonToken.VALUE_STRING, key, "a text: uniform, training, or label:weight,label:weight…");
                prior = json.getString();
            }
            case "decision" -> {
                check(token == JsonToken.VALUE_STRING, key, "a text");
                decision = json.getString();
            }
            case "abstainBelow" -> {
                check(token.isNumeric(), key, "a number");
                abstainBelow = json.getDoubleValue();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void check(boolean fits, String key, String wanted) {
        if (!fits) {
            throw AskedDecision.refused(PARENT, key, "must be " + wanted);
        }
    }

    @Nullable AskedDecision asked() {
        return AskedDecision.of(PARENT, calibrated, prior, decision, abstainBelow);
    }
}
