package io.lossforge.dataset;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows what was ingested: samples spread evenly over a split or a class of it. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping("/api/v1/datasets/{name}/versions/{version}/samples")
@Tag(name = "datasets")
class SampleController {

    private static final int LARGEST_LIMIT = 500;
    private static final long MOST_NUMBERS = 2_000_000;
    private static final long MOST_PIXELS = 16_000_000;

    private final Datasets datasets;

    SampleController(Datasets datasets) {
        this.datasets = datasets;
    }

    @GetMapping(produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.IMAGE_PNG_VALUE})
    @Operation(
            summary =
                    "Samples as numbers, or with Accept: image/png as one picture, spread evenly over the split or class")
    @ApiResponse(
            responseCode = "200",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                        schema = @Schema(implementation = DatasetAnswers.SampleList.class)),
                @Content(mediaType = MediaType.IMAGE_PNG_VALUE, schema = @Schema(type = "string", format = "binary"))
            })
    @ApiResponse(responseCode = "404", description = "no such dataset, version or class", content = @Content)
    ResponseEntity<Object> listDatasetSamples(
            @PathVariable String name,
            @PathVariable String version,
            @Parameter(description = "train or test") @RequestParam(defaultValue = "train") String split,
            @Parameter(description = "name of a class; all if absent")
                    @RequestParam(name = "class", required = false)
                    @Nullable String className,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "20") int limit,
            @Parameter(hidden = true)
                    @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = MediaType.APPLICATION_JSON_VALUE)
                    String accept)
            throws IOException {
        var dataset = datasets.version(name, version);
        return isPictureWanted(accept)
                ? ResponseEntity.ok().contentType(MediaType.IMAGE_PNG).body(draw(dataset, split, className, limit))
                : ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(list(dataset, split, className, limit));
    }

    /** What is asked for first, numbers where both are as welcome. */
    private static boolean isPictureWanted(String accept) {
        var wanted = MediaType.parseMediaTypes(accept);
        return quality(wanted, MediaType.IMAGE_PNG) > quality(wanted, MediaType.APPLICATION_JSON);
    }

    private static double quality(List<MediaType> wanted, MediaType type) {
        return wanted.stream()
                .filter(range -> range.includes(type))
                .max(Comparator.comparing(range -> range.isConcrete() ? 2 : range.isWildcardType() ? 0 : 1))
                .map(MediaType::getQualityValue)
                .orElse(0.0);
    }

    private DatasetAnswers.SampleList list(DatasetVersion dataset, String split, @Nullable String className, int limit)
            throws IOException {
        bound(limit, numbers(dataset), MOST_NUMBERS);
        var rows = new ArrayList<DatasetAnswers.SampleRow>();
        for (var sample : samples(dataset, split, className, limit)) {
            rows.add(new DatasetAnswers.SampleRow(
                    split, sample.index(), dataset.classes().get(sample.label()), nested(dataset, sample.row())));
        }
        return new DatasetAnswers.SampleList(rows);
    }

    private byte[] draw(DatasetVersion dataset, String split, @Nullable String className, int limit)
            throws IOException {
        if (!dataset.kind().equals(DatasetVersion.IMAGES)) {
            throw ApiException.unprocessable(
                    "/name",
                    "dataset %s holds features, not images; ask for application/json".formatted(dataset.reference()));
        }
        var shape = dataset.shape();
        bound(limit, ContactSheet.pixels(2, shape.get(1), shape.get(2)) / 2, MOST_PIXELS);
        var images = samples(dataset, split, className, limit).stream()
                .map(Samples.Sample::row)
                .toList();
        return ContactSheet.draw(images, shape.get(0), shape.get(1), shape.get(2));
    }

    private static void bound(int limit, long each, long most) {
        long largest = Math.max(1, Math.min(LARGEST_LIMIT, most / each));
        if (limit < 1 || limit > largest) {
            throw ApiException.badRequest("/limit", "must be 1 to %d, was %d".formatted(largest, limit));
        }
    }

    private List<Samples.Sample> samples(DatasetVersion dataset, String split, @Nullable String className, int limit)
            throws IOException {
        var part = split(split);
        var perClass = part == Split.TRAIN ? dataset.trainPerClass() : dataset.testPerClass();
        int label = className == null ? -1 : label(dataset, className);
        long matching = label < 0 ? perClass.stream().mapToLong(Long::longValue).sum() : perClass.get(label);
        if (matching == 0) {
            throw ApiException.notFound(
                    "no-samples",
                    "the %s split of dataset %s has no sample of that class".formatted(split, dataset.reference()));
        }
        int rowBytes = numbers(dataset) * (dataset.kind().equals(DatasetVersion.IMAGES) ? 1 : Float.BYTES);
        return Samples.spread(datasets.materialise(dataset), part, rowBytes, matching, label, limit);
    }

    private static Split split(String name) {
        for (var split : Split.values()) {
            if (split.lowerCase().equals(name.toLowerCase(Locale.ROOT))) {
                return split;
            }
        }
        throw ApiException.badRequest("/split", "must be train or test, was \"%s\"".formatted(Shown.name(name)));
    }

    private static int label(DatasetVersion dataset, String className) {
        int label = dataset.classes().indexOf(className);
        if (label < 0) {
            throw ApiException.notFound("class-not-found", Datasets.unknown("class", className, dataset.classes()));
        }
        return label;
    }

    private static int numbers(DatasetVersion dataset) {
        return dataset.shape().stream().reduce(1, Math::multiplyExact);
    }

    private static List<?> nested(DatasetVersion dataset, byte[] row) {
        if (!dataset.kind().equals(DatasetVersion.IMAGES)) {
            var values = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            return IntStream.range(0, values.limit()).mapToObj(values::get).toList();
        }
        int height = dataset.shape().get(1);
        int width = dataset.shape().get(2);
        return IntStream.range(0, dataset.shape().get(0))
                .mapToObj(channel -> IntStream.range(0, height)
                        .mapToObj(y -> IntStream.range(0, width)
                                .mapToObj(x -> row[(channel * height + y) * width + x] & 0xff)
                                .toList())
                        .toList())
                .toList();
    }
}
