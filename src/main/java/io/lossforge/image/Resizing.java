package io.lossforge.image;

/**
 * Brings a picture to another size: a separable triangle filter, widened by the factor when it shrinks so that no pixel is skipped
 * (bilinear with antialiasing, as Pillow's {@code BILINEAR}). The aspect ratio is not kept: the whole picture fills the whole size.
 */
final class Resizing {

    private Resizing() {}

    static Picture resize(Picture picture, int height, int width) {
        if (picture.height() == height && picture.width() == width) {
            return picture;
        }
        var across = new Weights(picture.width(), width);
        var down = new Weights(picture.height(), height);
        var planes = new byte[Math.multiplyExact(picture.channels(), Math.multiplyExact(height, width))];
        var row = new float[width];
        for (int channel = 0; channel < picture.channels(); channel++) {
            resizePlane(picture, channel, across, down, row, planes);
        }
        return new Picture(picture.channels(), height, width, planes);
    }

    /** Keeps only the rows that the next output row needs, in a ring: memory does not grow with the picture. */
    private static void resizePlane(
            Picture picture, int channel, Weights across, Weights down, float[] sums, byte[] planes) {
        int from = channel * picture.height() * picture.width();
        int to = channel * down.size * across.size;
        var ring = new float[down.taps][across.size];
        int ready = 0;
        for (int y = 0; y < down.size; y++) {
            int first = down.first[y];
            for (ready = Math.max(ready, first); ready < first + down.count[y]; ready++) {
                across.row(picture.planes(), from + ready * picture.width(), ring[ready % down.taps]);
            }
            java.util.Arrays.fill(sums, 0);
            for (int tap = 0; tap < down.count[y]; tap++) {
                float weight = down.weight[y][tap];
                var source = ring[(first + tap) % down.taps];
                for (int x = 0; x < across.size; x++) {
                    sums[x] += weight * source[x];
                }
            }
            for (int x = 0; x < across.size; x++) {
                planes[to + y * across.size + x] = (byte) Math.max(0, Math.min(255, Math.round(sums[x])));
            }
        }
    }

    /** Of the input pixels in each output pixel, along one axis. */
    private static final class Weights {

        final int size;
        final int taps;
        final int[] first;
        final int[] count;
        final float[][] weight;

        Weights(int input, int size) {
            this.size = size;
            double scale = (double) input / size;
            double support = Math.max(scale, 1);
            this.taps = (int) Math.ceil(support) * 2 + 1;
            this.first = new int[size];
            this.count = new int[size];
            this.weight = new float[size][];
            for (int i = 0; i < size; i++) {
                double center = (i + 0.5) * scale;
                int start = Math.max(0, (int) (center - support + 0.5));
                int end = Math.min(input, (int) (center + support + 0.5));
                first[i] = start;
                count[i] = end - start;
                weight[i] = triangle(start, end, center, support);
            }
        }

        private static float[] triangle(int start, int end, double center, double support) {
            var weights = new double[end - start];
            double total = 0;
            for (int j = start; j < end; j++) {
                weights[j - start] = Math.max(0, 1 - Math.abs((j + 0.5 - center) / support));
                total += weights[j - start];
            }
            var normed = new float[weights.length];
            for (int j = 0; j < normed.length; j++) {
                normed[j] = (float) (weights[j] / total);
            }
            return normed;
        }

        void row(byte[] pixels, int offset, float[] into) {
            for (int i = 0; i < size; i++) {
                float sum = 0;
                for (int tap = 0; tap < count[i]; tap++) {
                    sum += weight[i][tap] * (pixels[offset + first[i] + tap] & 0xff);
                }
                into[i] = sum;
            }
        }
    }
}
