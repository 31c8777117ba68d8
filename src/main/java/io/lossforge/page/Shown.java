package io.lossforge.page;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Values as people read them. Takes them as they are in a JSON document; what is missing is shown as a dash. */
class Shown {

    static final String NOTHING = "–";

    private static final DateTimeFormatter ABSOLUTE = DateTimeFormatter.ofPattern(
                    "d MMM yyyy, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Map<String, Map<String, Object>> usually;

    /** @param usually default values of parameters, by the name of what has them and theirs */
    Shown(Map<String, Map<String, Object>> usually) {
        this.usually = usually;
    }

    /** A rate of 0–1 in percent. */
    public String percent(@Nullable Object rate) {
        return rate instanceof Number number ? format("%.1f %%", 100 * number.doubleValue()) : NOTHING;
    }

    /** A rate of 0–1 in percent, as short as a cell of a matrix needs it; empty for 0. */
    public String share(@Nullable Object rate) {
        if (!(rate instanceof Number number) || number.doubleValue() == 0) {
            return "";
        }
        double percent = 100 * number.doubleValue();
        return Math.abs(percent) < 9.95 ? format("%.1f", percent) : format("%.0f", percent);
    }

    /** Four significant digits. */
    public String number(@Nullable Object value) {
        if (!(value instanceof Number number)) {
            return NOTHING;
        }
        double x = number.doubleValue();
        if (x == Math.rint(x) && Math.abs(x) < 1e15) {
            return count(value);
        }
        double size = Math.abs(x);
        if (size < 1e-4 || size >= 1e7) {
            return format("%.3e", x);
        }
        return format("%." + Math.max(0, 3 - (int) Math.floor(Math.log10(size))) + "f", x);
    }

    /** A whole number with a thin space at every thousand. */
    public String count(@Nullable Object value) {
        return value instanceof Number number
                ? format("%,d", number.longValue()).replace(',', '\u202f')
                : NOTHING;
    }

    /** Bytes in the unit that fits. */
    public String bytes(@Nullable Object value) {
        if (!(value instanceof Number number)) {
            return NOTHING;
        }
        var size = DataSize.ofBytes(number.longValue());
        if (size.toKilobytes() < 10) {
            return count(size.toBytes()) + " B";
        }
        return size.toMegabytes() < 10 ? count(size.toKilobytes()) + " kB" : count(size.toMegabytes()) + " MB";
    }

    /** An instant, such as {@code 25 Nov 2026, 16:25:38 UTC}. */
    public String absolute(@Nullable Object time) {
        return time instanceof String text ? ABSOLUTE.format(Instant.parse(text)) : NOTHING;
    }

    /** How far from now an instant is, such as {@code 3 min ago} or {@code in 20 s}. */
    public String relative(@Nullable Object time) {
        if (!(time instanceof String text)) {
            return NOTHING;
        }
        long seconds = Duration.between(Instant.parse(text), Instant.now()).toSeconds();
        if (Math.abs(seconds) < 5) {
            return "now";
        }
        var size = span(Math.abs(seconds));
        return seconds > 0 ? size + " ago" : "in " + size;
    }

    /** From one instant to another, or to now. */
    public String between(@Nullable Object from, @Nullable Object to) {
        if (!(from instanceof String begin)) {
            return NOTHING;
        }
        var end = to instanceof String text ? Instant.parse(text) : Instant.now();
        return span(Duration.between(Instant.parse(begin), end).toSeconds());
    }

    private static String span(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds < 600 ? "%d min %d s".formatted(seconds / 60, seconds % 60) : seconds / 60 + " min";
        }
        if (seconds < 2 * 86_400) {
            return "%d h %d min".formatted(seconds / 3600, seconds / 60 % 60);
        }
        return seconds / 86_400 + " days";
    }

    /** What a job is about: {@code name:version}, or pictures that came with a batch prediction. */
    public String dataset(Map<?, ?> job) {
        var dataset = what(job).get("dataset");
        return dataset == null ? "pictures sent with it" : String.valueOf(dataset);
    }

    /** Name of the dataset that a job is about; null if it is none. */
    public @Nullable String datasetName(Map<?, ?> job) {
        return what(job).get("dataset") instanceof String dataset ? dataset.split(":", 2)[0] : null;
    }

    /** Loss of a training; of a batch prediction that it is one. */
    public String loss(Map<?, ?> job) {
        return job.get("spec") instanceof Map<?, ?> spec ? choice(spec.get("loss")) : "batch prediction";
    }

    /** Network of a training; of a batch prediction the model that it runs. */
    public String network(Map<?, ?> job) {
        return job.get("spec") instanceof Map<?, ?> spec
                ? choice(spec.get("architecture"))
                : "by " + what(job).get("model");
    }

    /** The specification of a training, or of a batch prediction. */
    static Map<?, ?> what(Map<?, ?> job) {
        return job.get("spec") instanceof Map<?, ?> spec ? spec : Members.object(job, "batchPrediction");
    }

    /** A thing with a choice, with those of its parameters that are not as usual, such as {@code lgl-inr (beta 2)}. */
    public String choice(@Nullable Object choice) {
        if (!(choice instanceof Map<?, ?> map)) {
            return NOTHING;
        }
        var name = String.valueOf(map.containsKey("name") ? map.get("name") : map.get("scheme"));
        if (!(map.get("parameters") instanceof Map<?, ?> parameters)) {
            return name;
        }
        var usual = usually.getOrDefault(name, Map.of());
        var unusual = parameters.entrySet().stream()
                .filter(parameter -> !equal(parameter.getValue(), usual.get(String.valueOf(parameter.getKey()))))
                .map(parameter -> parameter.getKey() + " " + value(parameter.getValue()))
                .collect(Collectors.joining(", "));
        return unusual.isEmpty() ? name : "%s (%s)".formatted(name, unusual);
    }

    private static boolean equal(@Nullable Object one, @Nullable Object other) {
        return one instanceof Number left && other instanceof Number right
                ? left.doubleValue() == right.doubleValue()
                : Objects.equals(one, other);
    }

    private String value(@Nullable Object value) {
        return value instanceof Number ? number(value) : String.valueOf(value);
    }

    /**
     * Step of a colour scale, 0–20: as a class, since the page allows no styles of single elements.
     *
     * @param most the value that has the darkest colour
     */
    public String heat(@Nullable Object rate, double most) {
        double value = rate instanceof Number number ? number.doubleValue() / most : 0;
        return "heat-" + Math.round(20 * Math.max(0, Math.min(1, value)));
    }

    /** Colour of a state. */
    public String tone(@Nullable Object state) {
        return switch (String.valueOf(state)) {
            case "SUCCEEDED" -> "good";
            case "FAILED" -> "bad";
            case "RUNNING", "STARTING" -> "live";
            case "PAUSED", "CANCELLED" -> "off";
            default -> "waits";
        };
    }

    /** A difference of rates in percentage points. */
    public String points(@Nullable Object difference) {
        return difference instanceof Number number ? format("%+.2f", 100 * number.doubleValue()) : NOTHING;
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values).replace('-', '−');
    }
}
