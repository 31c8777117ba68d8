package io.lossforge.dataset;

import static io.lossforge.dataset.Uploads.entries;
import static io.lossforge.dataset.Uploads.text;
import static io.lossforge.dataset.Uploads.zip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lossforge.ServiceTest;
import io.lossforge.image.DrawnPictures;
import io.lossforge.image.Limits;
import io.lossforge.image.Pictures;
import io.lossforge.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@ServiceTest
class DatasetsIT {

    private static final byte[] TABLE = text("1,2,x\n3,4,y\n5,6,x\n7,8,y\n9,10,x\n");

    @LocalServerPort
    int port;

    @Autowired
    Datasets datasets;

    @Autowired
    Storage storage;

    @Autowired
    Workspaces workspaces;

    @Autowired
    JdbcClient database;

    private DatasetRequests requests;

    @BeforeEach
    void connect() {
        requests = new DatasetRequests(port);
    }

    @Test
    void digitsAreThereFromTheFirstStart() {
        var digits = requests.get("/api/v1/datasets/digits").json();

        assertThat(digits.path("version").asInt()).isEqualTo(1);
        assertThat(digits.path("format").asString()).isEqualTo("csv");
        assertThat(digits.path("kind").asString()).isEqualTo("images");
        assertThat(digits.path("shape").toString()).isEqualTo("[1,8,8]");
        assertThat(digits.path("classes")).hasSize(10);
        assertThat(digits.at("/splits/train/count").asInt()).isEqualTo(1437);
        assertThat(digits.at("/splits/test/count").asInt()).isEqualTo(360);
        assertThat(digits.at("/splits/train/perClass/0").asInt()).isEqualTo(142);
        assertThat(digits.at("/splits/test/perClass/0").asInt()).isEqualTo(36);
        assertThat(digits.path("warnings").toString()).contains("no test part was given");
    }

    @Test
    void ingestsAndAnswersWithItsPlace() {
        var created = requests.upload(Map.of("name", "pets"), "file", "pets.csv", TABLE);

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo("/api/v1/datasets/pets/versions/1");
        assertThat(requests.get(created.header("Location")).json()).isEqualTo(created.json());
        assertThat(created.json().path("shape").toString()).isEqualTo("[2]");
        assertThat(created.json().path("classes").toString()).isEqualTo("[\"x\",\"y\"]");
    }

    @Test
    void sameBytesAreTheSameVersionAndOthersTheNext() {
        var first = requests.upload(Map.of("name", "counted"), "file", "a.csv", TABLE);
        var again = requests.upload(Map.of("name", "counted"), "file", "b.csv", TABLE);
        var other = requests.upload(Map.of("name", "counted"), "file", "a.csv", text("0,0,x\n1,1,y\n2,2,x\n"));

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(other.status()).isEqualTo(201);
        assertThat(other.json().path("version").asInt()).isEqualTo(2);
        assertThat(requests.get("/api/v1/datasets/counted").json()).isEqualTo(other.json());
        assertThat(requests.get("/api/v1/datasets/counted/versions").json().path("versions"))
                .containsExactly(other.json(), first.json());
        assertThat(datasets.resolve("counted").version()).isEqualTo(2);
        assertThat(datasets.resolve("counted:1").sha256())
                .isEqualTo(first.json().path("sha256").asString());
    }

    @Test
    void oneNameIngestedByManyAtOnceCountsWithoutGaps() throws Exception {
        var threads = Executors.newFixedThreadPool(4);
        try {
            var tasks = IntStream.range(0, 8)
                    .mapToObj(i -> (Callable<DatasetRequests.Answer>) () -> new DatasetRequests(port)
                            .upload(
                                    Map.of("name", "crowded"),
                                    "file",
                                    "t.csv",
                                    text("%d,x\n1,y\n2,x\n3,y\n".formatted(10 + i / 2))))
                    .toList();
            for (var answer : threads.invokeAll(tasks)) {
                assertThat(answer.get().status()).isIn(200, 201);
            }
        } finally {
            threads.shutdown();
        }
        var versions = requests.get("/api/v1/datasets/crowded/versions").json().path("versions");
        assertThat(versions)
                .extracting(version -> version.path("version").asInt())
                .containsExactly(4, 3, 2, 1);
        assertThat(versions)
                .extracting(version -> version.path("sha256").asString())
                .doesNotHaveDuplicates();
    }

    @Test
    void listsByNameInPages() {
        requests.upload(Map.of("name", "listed-a"), "file", "t.csv", TABLE);
        requests.upload(Map.of("name", "listed-b"), "file", "t.csv", TABLE);
        var names = new java.util.ArrayList<String>();
        var path = "/api/v1/datasets?pageSize=1";
        for (var next = path; !next.isEmpty(); ) {
            var page = requests.get(next).json();
            assertThat(page.path("datasets")).hasSize(1);
            names.add(page.at("/datasets/0/name").asString());
            var token = page.path("nextPageToken").asString();
            next = token.isEmpty() ? "" : path + "&pageToken=" + token;
        }
        assertThat(names).contains("digits", "listed-a", "listed-b").isSorted().doesNotHaveDuplicates();
        assertThat(requests.get("/api/v1/datasets?pageSize=0").status()).isEqualTo(400);
    }

    @Test
    void unknownDatasetsAreSaidToBeUnknown() {
        var missing = requests.get("/api/v1/datasets/digit");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.json().path("code").asString()).isEqualTo("dataset-not-found");
        assertThat(missing.json().path("detail").asString()).contains("did you mean \"digits\"?");
        assertThat(requests.get("/api/v1/datasets/digits/versions/7").status()).isEqualTo(404);
        assertThat(requests.get("/api/v1/datasets/digits/versions/x").status()).isEqualTo(404);
        assertThatThrownBy(() -> datasets.resolve("digits:99999999999"))
                .isInstanceOf(UnknownDataset.class)
                .hasMessageContaining("known: 1");
        assertThat(datasets.find(java.util.UUID.randomUUID())).isEmpty();
    }

    @Test
    void deletedVersionsAreGoneAndTheirNumbersAreNotGivenAgain() {
        var content = text("1,1,x\n2,1,y\n3,1,x\n4,1,y\n");
        var first = requests.upload(Map.of("name", "doomed"), "file", "a.csv", content)
                .json();
        var shared = requests.upload(Map.of("name", "doomed-twin"), "file", "a.csv", content)
                .json();
        var prefix = "datasets/" + first.path("sha256").asString() + "/";
        assertThat(shared.path("sha256")).isEqualTo(first.path("sha256"));

        assertThat(requests.delete("/api/v1/datasets/doomed/versions/1").status())
                .isEqualTo(204);
        assertThat(requests.get("/api/v1/datasets/doomed").status()).isEqualTo(404);
        assertThat(storage.list(prefix)).as("the twin has the same content").hasSize(5);

        assertThat(requests.delete("/api/v1/datasets/doomed-twin").status()).isEqualTo(204);
        await().until(() -> storage.list(prefix).isEmpty());

        var again = requests.upload(Map.of("name", "doomed"), "file", "a.csv", content)
                .json();
        assertThat(again.path("version").asInt()).isEqualTo(2);
        assertThat(requests.delete("/api/v1/datasets/doomed/versions/1").status())
                .isEqualTo(404);
    }

    @Test
    void aVersionInUseIsNotDeleted() {
        requests.upload(Map.of("name", "in-use"), "file", "a.csv", text("4,4,x\n1,1,y\n2,2,x\n3,3,y\n"));
        var id = datasets.resolve("in-use").id();
        database.sql("create table if not exists uses_a_dataset (version_id uuid references dataset_version (id))")
                .update();
        database.sql("insert into uses_a_dataset values (:id)").param("id", id).update();
        try {
            for (var path : new String[] {"/api/v1/datasets/in-use", "/api/v1/datasets/in-use/versions/1"}) {
                var refused = requests.delete(path);
                assertThat(refused.status()).isEqualTo(409);
                assertThat(refused.json().path("code").asString()).isEqualTo("dataset-in-use");
                assertThat(refused.json().path("detail").asString()).contains("in-use:1");
            }
            assertThat(datasets.resolve("in-use").id()).isEqualTo(id);
        } finally {
            database.sql("drop table uses_a_dataset").update();
        }
    }

    @Test
    void showsSamplesAsNumbersAndAsAPicture() throws Exception {
        var samples = "/api/v1/datasets/digits/versions/1/samples";
        var rows = requests.get(samples + "?split=test&class=7&limit=3").json().path("samples");
        assertThat(rows).hasSize(3).allSatisfy(row -> {
            assertThat(row.path("label").asString()).isEqualTo("7");
            assertThat(row.path("split").asString()).isEqualTo("test");
            assertThat(row.path("input")).hasSize(1);
            assertThat(row.at("/input/0")).hasSize(8);
            assertThat(row.at("/input/0/0")).hasSize(8);
        });

        var png = requests.get(samples + "?split=test&class=7&limit=1", "image/png");
        assertThat(png.header("Content-Type")).startsWith("image/png");
        var picture = Pictures.read(png.body(), Limits.DEFAULT);
        assertThat(picture.height()).isEqualTo(8);
        for (int i = 0; i < 64; i++) {
            assertThat(picture.planes()[i] & 0xff)
                    .isEqualTo(
                            rows.at("/0/input/0/%d/%d".formatted(i / 8, i % 8)).asInt());
        }
        var sheet =
                Pictures.read(requests.get(samples + "?limit=9", "image/png").body(), Limits.DEFAULT);
        assertThat(sheet.width()).isEqualTo(3 * 32 + 2 * 2);
    }

    @Test
    void refusesSampleQuestionsThatMakeNoSense() {
        var samples = "/api/v1/datasets/digits/versions/1/samples";
        assertThat(requests.get(samples + "?split=validation").status()).isEqualTo(400);
        assertThat(requests.get(samples + "?limit=501").status()).isEqualTo(400);
        assertThat(requests.get(samples + "?class=11").json().path("code").asString())
                .isEqualTo("class-not-found");
        requests.upload(Map.of("name", "table"), "file", "t.csv", TABLE);
        var features = "/api/v1/datasets/table/versions/1/samples";
        assertThat(requests.get(features + "?limit=1")
                        .json()
                        .at("/samples/0/input")
                        .toString())
                .isEqualTo("[1.0,2.0]");
        assertThat(requests.get(features, "image/png").status()).isEqualTo(422);
    }

    @Test
    void materialisesAWholeCheckedCopy() throws Exception {
        var version = datasets.resolve("digits");
        var directory = datasets.materialise(version);

        assertThat(Files.readString(directory.resolve("manifest.json")))
                .contains("\"format\":\"lossforge-packed\"", "\"shape\":[1,8,8]");
        assertThat(Files.size(directory.resolve("train-inputs.npy"))).isEqualTo(128 + 1437 * 64);
        assertThat(Files.size(directory.resolve("test-labels.npy"))).isEqualTo(128 + 360 * 4);
        assertThat(datasets.materialise(version)).isEqualTo(directory);
    }

    @Test
    void refusesWhatIsNoDatasetAndLeavesNothingBehind() throws Exception {
        var refused = requests.upload(
                Map.of("name", "broken"),
                "file",
                "pets.zip",
                zip(entries("../cat.png", DrawnPictures.greyPng(2, 2, 1))));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.header("Content-Type")).startsWith("application/problem+json");
        assertThat(refused.json().at("/errors/0/pointer").asString()).isEqualTo("/file");
        assertThat(refused.json().at("/errors/0/detail").asString())
                .isEqualTo("pets.zip: entry name \"../cat.png\" leads out of the archive");
        assertThat(requests.get("/api/v1/datasets/broken").status()).isEqualTo(404);
        assertThat(leftovers()).isEmpty();
    }

    private java.util.List<Path> leftovers() throws IOException {
        try (var files = Files.walk(workspaces.uploads().getParent())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("lock"))
                    .toList();
        }
    }

    @Test
    void refusesRequestsThatLackSomething() {
        assertRefused(requests.upload(Map.of(), "file", "t.csv", TABLE), 400, "/name");
        assertRefused(requests.upload(Map.of("name", "a/b"), "file", "t.csv", TABLE), 400, "/name");
        assertRefused(requests.upload(Map.of("name", "x".repeat(101)), "file", "t.csv", TABLE), 400, "/name");
        assertRefused(requests.upload(Map.of("name", "nothing"), "other", "t.csv", TABLE), 400, "/file");
        assertRefused(requests.upload(Map.of("name", "nothing"), "file", "t.csv", new byte[0]), 422, "/file");
        assertRefused(
                requests.upload(Map.of("name", "nothing", "imageSize", "big"), "file", "t.csv", TABLE),
                400,
                "/imageSize");
        assertRefused(
                requests.upload(Map.of("name", "nothing", "maxValue", "-1"), "file", "t.csv", TABLE), 400, "/maxValue");
        assertRefused(
                requests.upload(Map.of("name", "nothing", "labelColumn", "9"), "file", "t.csv", TABLE),
                422,
                "/labelColumn");
        assertRefused(requests.upload(Map.of("name", "nothing", "path", "x"), "other", "t.csv", TABLE), 422, "/path");
        assertThat(requests.get("/api/v1/datasets/nothing").status()).isEqualTo(404);
    }

    private static void assertRefused(DatasetRequests.Answer answer, int status, String pointer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo(pointer);
    }

    @Test
    void refusesAnUploadThatIsTooLargeByItsLength() throws Exception {
        var refused = requests.announce(30L << 30);

        assertThat(refused).startsWith("HTTP/1.1 413").contains("application/problem+json", "content-too-large");
    }

    @Test
    void anUploadCutOffHalfWayLeavesNothing() throws Exception {
        requests.cutOff("cut", new byte[3 << 20]);

        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(leftovers()).isEmpty());
        assertThat(requests.get("/api/v1/datasets/cut").status()).isEqualTo(404);
    }
}
