package io.lossforge.training;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.random.RandomGenerator;

/** Left and right change places. */
@Described(
        name = "horizontal-flip",
        summary = "Mirrors an image left to right; not for digits, letters or anything that has a reading direction.")
@AutoService(Augmentation.class)
public record HorizontalFlip(
        @Parameter(value = "part of the images that is mirrored", min = 0, max = 1)
        double probability) implements Augmentation {

    public HorizontalFlip() {
        this(0.5);
    }

    @Override
    public void apply(byte[] pixels, byte[] scratch, int channels, int height, int width, RandomGenerator random) {
        if (random.nextDouble() >= probability) {
            return;
        }
        for (int row = 0; row < channels * height * width; row += width) {
            for (int left = row, right = row + width - 1; left < right; left++, right--) {
                byte pixel = pixels[left];
                pixels[left] = pixels[right];
                pixels[right] = pixel;
            }
        }
    }
}
