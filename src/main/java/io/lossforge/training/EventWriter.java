package io.lossforge.training;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events as lines, each at once, with an empty line before it: on standard output native code may have printed something without a
 * line feed. When nobody reads them any more, the job is cancelled.
 */
final class EventWriter implements Consumer<TrainerEvent> {

    private static final Logger log = LoggerFactory.getLogger(EventWriter.class);

    private final OutputStream output;
    private final Interruption interruption;

    EventWriter(OutputStream output, Interruption interruption) {
        this.output = output;
        this.interruption = interruption;
    }

    @Override
    public void accept(TrainerEvent event) {
        try {
            output.write(('\n' + TrainerJson.write(event) + '\n').getBytes(StandardCharsets.UTF_8));
            output.flush();
        } catch (IOException e) {
            log.error("nobody reads the events any more; the job is cancelled", e);
            interruption.cancel();
        }
    }
}
