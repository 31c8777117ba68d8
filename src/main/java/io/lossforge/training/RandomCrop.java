package io.lossforge.training;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** A window of the image's own size, out of the image with a black border. */
@Described(
        name = "random-crop",
        summary = "Adds a black border and cuts a window of the image's own size out at a random place: small shifts.",
        reference =
                "the usual CIFAR augmentation: He et al., Deep Residual Learning for Image Recognition, 2016, section 4.2")
@AutoService(Augmentation.class)
public record RandomCrop(
        @Parameter(value = "width of the border on each side, in pixels", min = 1, max = 512)
        int padding) implements Augmentation {

    public RandomCrop() {
        this(4);
    }

    @Override
    public void apply(byte[] pixels, byte[] scratch, int channels, int height, int width, RandomGenerator random) {
        int down = random.nextInt(2 * padding + 1) - padding;
        int right = random.nextInt(2 * padding + 1) - padding;
        int size = channels * height * width;
        System.arraycopy(pixels, 0, scratch, 0, size);
        Arrays.fill(pixels, 0, size, (byte) 0);
        int from = Math.max(0, right);
        int kept = width - Math.abs(right);
        if (kept <= 0) {
            return;
        }
        for (int channel = 0; channel < channels; channel++) {
            int plane = channel * height * width;
            for (int row = Math.max(0, -down); row < Math.min(height, height - down); row++) {
                System.arraycopy(
                        scratch, plane + (row + down) * width + from, pixels, plane + row * width + from - right, kept);
            }
        }
    }
}
