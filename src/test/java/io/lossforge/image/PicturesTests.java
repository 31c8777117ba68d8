package io.lossforge.image;

import static io.lossforge.image.DrawnPictures.encode;
import static io.lossforge.image.DrawnPictures.grey;
import static io.lossforge.image.DrawnPictures.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PicturesTests {

    private static final int ORANGE = 0xffff8000;

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "tiff"})
    void readsColourExactlyWhereTheFormatKeepsIt(String format) throws Exception {
        var picture = read(encode(plain(BufferedImage.TYPE_3BYTE_BGR, 3, 2, ORANGE), format));

        assertThat(picture.channels()).isEqualTo(3);
        assertThat(picture.height()).isEqualTo(2);
        assertThat(picture.width()).isEqualTo(3);
        assertThat(unsigned(picture.planes()))
                .containsExactly(255, 255, 255, 255, 255, 255, 128, 128, 128, 128, 128, 128, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void readsColourJpegAndGifNearly() throws Exception {
        for (var format : new String[] {"jpeg", "gif"}) {
            var picture = read(encode(plain(BufferedImage.TYPE_3BYTE_BGR, 16, 16, ORANGE), format));
            assertThat(picture.channels()).isEqualTo(3);
            assertThat(picture.planes()[0] & 0xff).isBetween(250, 255);
            assertThat(picture.planes()[256] & 0xff).isBetween(124, 132);
            assertThat(picture.planes()[512] & 0xff).isBetween(0, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "tiff"})
    void keepsGreyValuesAsStored(String format) throws Exception {
        var picture = read(encode(grey(new int[][] {{0, 1, 64}, {128, 200, 255}}), format));

        assertThat(unsigned(Pictures.toSamples(picture, 1, 2, 3))).containsExactly(0, 1, 64, 128, 200, 255);
    }

    @Test
    void keepsGreyJpegGrey() throws Exception {
        var picture = read(encode(plain(BufferedImage.TYPE_BYTE_GRAY, 8, 8, 0xff808080), "jpeg"));

        assertThat(picture.channels()).isEqualTo(1);
    }

    @Test
    void readsWebp() throws Exception {
        var lossy = read(Base64.getDecoder().decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"));
        var lossless = read(Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="));

        assertThat(lossy.height()).isEqualTo(1);
        assertThat(unsigned(lossless.planes())).as("transparent over white").containsOnly(255);
    }

    @Test
    void scalesSixteenBitsToEight() throws Exception {
        var image = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSample(1, 0, 0, 0x8080);
        image.getRaster().setSample(2, 0, 0, 0xffff);

        assertThat(unsigned(read(encode(image, "png")).planes())).containsExactly(0, 128, 255);
    }

    @Test
    void scalesSixteenBitColourToEight() throws Exception {
        var model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_USHORT);
        var raster = model.createCompatibleWritableRaster(1, 1);
        raster.setPixel(0, 0, new int[] {0xffff, 0x8080, 0});

        assertThat(unsigned(read(encode(new BufferedImage(model, raster, false, null), "png"))
                        .planes()))
                .containsExactly(255, 128, 0);
    }

    @Test
    void laysTransparencyOverWhite() throws Exception {
        var image = new BufferedImage(3, 1, BufferedImage.TYPE_4BYTE_ABGR);
        image.setRGB(0, 0, 0x00000000);
        image.setRGB(1, 0, 0xff000000);
        image.setRGB(2, 0, 0x80000000);

        assertThat(unsigned(Pictures.toSamples(read(encode(image, "png")), 1, 1, 3)))
                .containsExactly(255, 0, 127);
    }

    @Test
    void readsPalettes() throws Exception {
        var colours = new IndexColorModel(
                2, 3, new byte[] {0, (byte) 255, 0}, new byte[] {0, (byte) 128, 0}, new byte[] {0, 0, (byte) 255});
        var image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, colours);
        image.getRaster().setSample(0, 0, 0, 1);
        image.getRaster().setSample(1, 0, 0, 2);
        assertThat(unsigned(read(encode(image, "png")).planes())).containsExactly(255, 0, 128, 0, 0, 255);

        var blackAndWhite = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
        blackAndWhite.getRaster().setSample(1, 0, 0, 1);
        var picture = read(encode(blackAndWhite, "png"));
        assertThat(picture.channels()).isEqualTo(1);
        assertThat(unsigned(picture.planes())).containsExactly(0, 255);
    }

    @Test
    void readsPrintColours() throws Exception {
        var raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
        var cmyk = DrawnPictures.rawJpeg(raster);

        var picture = read(cmyk);

        assertThat(picture.channels()).isEqualTo(3);
        assertThat(picture.width()).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource({"1,tl", "2,tr", "3,br", "4,bl", "5,tl", "6,tr", "7,br", "8,bl"})
    void turnsPicturesUprightAsExifSays(int orientation, String brightCorner) throws Exception {
        var image = plain(BufferedImage.TYPE_BYTE_GRAY, 32, 16, 0xff000000);
        for (int i = 0; i < 64; i++) {
            image.setRGB(i % 8, i / 8, 0xffffffff);
        }

        var picture = read(DrawnPictures.turned(encode(image, "jpeg"), orientation));

        assertThat(picture.width()).isEqualTo(orientation < 5 ? 32 : 16);
        assertThat(picture.height()).isEqualTo(orientation < 5 ? 16 : 32);
        int y = brightCorner.startsWith("t") ? 1 : picture.height() - 2;
        int x = brightCorner.endsWith("l") ? 1 : picture.width() - 2;
        assertThat(picture.planes()[y * picture.width() + x] & 0xff).isGreaterThan(240);
        assertThat(picture.planes()[(picture.height() - 1 - y) * picture.width() + picture.width() - 1 - x] & 0xff)
                .isLessThan(16);
    }

    @ParameterizedTest
    @CsvSource({"60000,60000,60000×60000", "2147483647,2147483647,2147483647×2147483647", "50001,1000,50001×1000"})
    void refusesPicturesThatClaimTooManyPixelsBeforeDecodingThem(int width, int height, String shown) {
        assertUnreadable(DrawnPictures.claimingPng(width, height), shown, "at most 50000000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "gif", "bmp", "tiff"})
    void refusesPicturesCutOff(String format) throws Exception {
        var noise = new int[64][64];
        var random = new java.util.Random(1);
        for (var row : noise) {
            Arrays.setAll(row, i -> random.nextInt(256));
        }
        var whole = encode(grey(noise), format);
        read(whole);

        for (int percent : new int[] {1, 20, 50, 90}) {
            var cut = Arrays.copyOf(whole, Math.max(12, whole.length * percent / 100));
            assertThatThrownBy(() -> read(cut))
                    .as("%s cut to %d of %d bytes", format, cut.length, whole.length)
                    .isInstanceOf(UnreadablePicture.class);
        }
    }

    @Test
    void refusesDamagedPngByItsChecksum() {
        var png = DrawnPictures.greyPng(64, 64, 77);
        png[50] ^= 1;

        assertUnreadable(png, "PNG damaged", "IDAT");
    }

    @Test
    void leavesOutPngTextsThatCouldUnpackToAnySize() throws Exception {
        var png = DrawnPictures.withChunk(DrawnPictures.greyPng(4, 4, 7), "zTXt", new byte[40]);
        assertThat(new String(png, StandardCharsets.ISO_8859_1)).contains("zTXt");

        var stripped = PngChunks.keepPixels(png);

        assertThat(new String(stripped, StandardCharsets.ISO_8859_1))
                .contains("IHDR", "IDAT", "IEND")
                .doesNotContain("zTXt");
        assertThat(unsigned(read(stripped).planes())).containsOnly(7);
    }

    @Test
    void refusesOtherFilesByTheirContent() {
        assertUnreadable("%PDF-1.7 …".getBytes(StandardCharsets.UTF_8), "not a PNG", "%PDF-1.7");
        assertUnreadable(new byte[0], "it is empty", "");
        assertUnreadable("GIF89a".getBytes(StandardCharsets.UTF_8), "damaged or cut off", "");
    }

    @Test
    void refusesMoreBytesThanAllowed() throws Exception {
        var limits = new Limits(1000, 100);
        var png = encode(plain(BufferedImage.TYPE_3BYTE_BGR, 30, 30, ORANGE), "bmp");

        assertThatThrownBy(() -> Pictures.read(new ByteArrayInputStream(png), limits))
                .isInstanceOf(UnreadablePicture.class)
                .hasMessage("more than 100 bytes");
    }

    @Test
    void convertsColourToLumaAndGreyToColour() {
        var orange = new Picture(3, 1, 1, new byte[] {(byte) 255, (byte) 128, 0});

        assertThat(unsigned(Pictures.toSamples(orange, 1, 1, 1))).containsExactly(151); // .299·255 + .587·128
        assertThat(unsigned(Pictures.toSamples(new Picture(1, 1, 1, new byte[] {9}), 3, 1, 1)))
                .containsExactly(9, 9, 9);
    }

    @Test
    void resizesByAWidenedTriangle() {
        var ramp = new Picture(1, 1, 4, new byte[] {0, 60, 120, (byte) 180});
        assertThat(unsigned(Pictures.toSamples(ramp, 1, 1, 2))).containsExactly(43, 137); // weights 3/7, 3/7, 1/7

        var edge = new Picture(1, 1, 2, new byte[] {0, 100});
        assertThat(unsigned(Pictures.toSamples(edge, 1, 1, 4))).containsExactly(0, 25, 75, 100);

        var plain = new Picture(1, 37, 53, new byte[37 * 53]);
        Arrays.fill(plain.planes(), (byte) 200);
        assertThat(unsigned(Pictures.toSamples(plain, 3, 10, 70)))
                .containsOnly(200)
                .hasSize(3 * 700);
    }

    private static Picture read(byte[] encoded) throws UnreadablePicture {
        return Pictures.read(encoded, Limits.DEFAULT);
    }

    private static void assertUnreadable(byte[] encoded, String... parts) {
        assertThatThrownBy(() -> read(encoded))
                .isInstanceOf(UnreadablePicture.class)
                .message()
                .contains(parts);
    }

    private static int[] unsigned(byte[] bytes) {
        var values = new int[bytes.length];
        Arrays.setAll(values, i -> bytes[i] & 0xff);
        return values;
    }
}
