package io.lossforge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The README's table of settings is made from what the compiler gathered of them. */
class SettingsTableTests {

    private static final Path README = Path.of("README.md");
    private static final Pattern TABLE = Pattern.compile("(?s)<!-- settings -->.*<!-- /settings -->");

    @Test
    void readmeListsEverySetting() throws IOException {
        var table = "<!-- settings -->\n%s\n<!-- /settings -->".formatted(table());
        var readme = Files.readString(README);
        if (Boolean.getBoolean("settings.write")) {
            readme = TABLE.matcher(readme).replaceFirst(Matcher.quoteReplacement(table));
            Files.writeString(README, readme);
        }

        assertThat(readme)
                .as("README.md lacks settings; write its table anew with:"
                        + " mvn test -Dtest=SettingsTableTests -Dsettings.write=true")
                .contains(table);
    }

    @Test
    void everySettingIsDescribed() throws IOException {
        for (var setting : metadata().get("properties")) {
            assertThat(setting.path("description").asString(""))
                    .as(setting.get("name").stringValue())
                    .isNotBlank();
        }
    }

    private static String table() throws IOException {
        var rows = metadata()
                .get("properties")
                .valueStream()
                .filter(setting -> setting.get("name").stringValue().startsWith("lossforge."))
                .sorted(java.util.Comparator.comparing(
                        setting -> setting.get("name").stringValue()))
                .map(SettingsTableTests::row)
                .collect(Collectors.joining("\n"));
        return "| setting | type | default | what it is |\n|---|---|---|---|\n" + rows;
    }

    private static String row(JsonNode setting) {
        return "| `%s` | %s | %s | %s |"
                .formatted(
                        setting.get("name").stringValue(),
                        type(setting.get("type").stringValue()),
                        defaultValue(setting.get("defaultValue")),
                        setting.get("description")
                                .stringValue()
                                .replaceAll("\\{@\\w+ ([^}]*)}", "`$1`")
                                .replace("|", "\\|"));
    }

    private static String type(String type) {
        return switch (type.replaceAll(".*[.$](\\w+)>?$", "$1")) {
            case "String", "ApiKey", "Kind", "Role" -> type.startsWith("java.util.List") ? "list" : "text";
            case "Integer", "Long" -> "whole number";
            case "Double", "Float" -> "number";
            case "Boolean" -> "true or false";
            case "Duration" -> "duration";
            case "DataSize" -> "size";
            case "Path" -> "path";
            default -> throw new IllegalArgumentException("say here what " + type + " is called in the README");
        };
    }

    private static String defaultValue(@org.jspecify.annotations.Nullable JsonNode value) {
        if (value == null) {
            return "";
        }
        return value.isArray()
                ? value.valueStream().map(each -> "`" + each.asString() + "`").collect(Collectors.joining(", "))
                : "`" + value.asString() + "`";
    }

    private static JsonNode metadata() throws IOException {
        try (var metadata = Lossforge.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return JsonMapper.shared().readTree(Objects.requireNonNull(metadata).readAllBytes());
        }
    }
}
