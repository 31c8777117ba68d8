package io.lossforge.prediction;

import io.lossforge.image.Limits;
import io.lossforge.image.Pictures;
import io.lossforge.image.UnreadablePicture;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** Makes samples of pictures, as ingestion does. Decodes no more at a time than there are processors, and than memory allows. */
@Component
@ConditionalOnRole(Role.SERVER)
class PictureSamples {

    /** Memory while a picture of the largest size is decoded: the picture, its planes, and a copy. */
    private static final long DECODING_BYTES = 10 * Limits.DEFAULT.maxPixels();

    private final Semaphore decoders = new Semaphore(atATime(), true);

    /** Like {@link #add(byte[], Samples, String)}, from a stream that may be longer than any picture. */
    void add(InputStream encoded, Samples samples, String pointer) throws IOException {
        add(encoded.readNBytes(Limits.DEFAULT.maxBytes() + 1), samples, pointer);
    }

    /**
     * Adds a picture as one sample.
     *
     * @param pointer where it is in the request
     * @throws ApiException 400 if it can't be read, or the model takes no pictures
     */
    void add(byte[] encoded, Samples samples, String pointer) {
        var input = samples.input();
        if (!input.pixels()) {
            throw ApiException.badRequest(pointer, "the model takes no pictures but " + input.wanted());
        }
        var shape = input.shape();
        decoders.acquireUninterruptibly();
        try {
            var picture = Pictures.read(encoded, Limits.DEFAULT);
            samples.begin();
            samples.putPixels(Pictures.toSamples(picture, shape.get(0), shape.get(1), shape.get(2)));
            samples.end();
        } catch (UnreadablePicture e) {
            throw ApiException.badRequest(pointer, String.valueOf(e.getMessage()));
        } finally {
            decoders.release();
        }
    }

    private static int atATime() {
        var machine = Runtime.getRuntime();
        long fit = machine.maxMemory() / 2 / DECODING_BYTES;
        return (int) Math.max(1, Math.min(machine.availableProcessors(), fit));
    }
}
