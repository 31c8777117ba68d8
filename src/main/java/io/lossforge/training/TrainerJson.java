package io.lossforge.training;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Commands and events of a trainer process as one-line JSON. Safe for use by several threads. */
public final class TrainerJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private TrainerJson() {}

    /** One line without its end: no raw line break is ever inside. */
    public static String write(TrainerCommand command) {
        return MAPPER.writerFor(TrainerCommand.class).writeValueAsString(command);
    }

    /** One line without its end: no raw line break is ever inside. */
    public static String write(TrainerEvent event) {
        return MAPPER.writerFor(TrainerEvent.class).writeValueAsString(event);
    }

    /** @throws IllegalArgumentException if the line is no command; the message says why and holds no more than the start of the line */
    public static TrainerCommand readCommand(String line) {
        return read(line, TrainerCommand.class, "command");
    }

    /**
     * @throws IllegalArgumentException if the line is no event, such as what a library printed; it belongs to the log then
     */
    public static TrainerEvent readEvent(String line) {
        return read(line, TrainerEvent.class, "event");
    }

    /** Whether a line may be an event, by its first characters. */
    public static boolean beginsEvent(String line) {
        return line.startsWith("{\"event\":\"");
    }

    private static <T> T read(String line, Class<T> type, String what) {
        try {
            var value = MAPPER.readValue(line, type);
            if (value != null) {
                return value;
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(notA(what, line), e);
        }
        throw new IllegalArgumentException(notA(what, line));
    }

    private static String notA(String what, String line) {
        return "not a trainer " + what + ": " + (line.length() > 80 ? line.substring(0, 80) + "…" : line);
    }
}
