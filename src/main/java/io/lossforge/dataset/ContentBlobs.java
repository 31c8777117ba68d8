package io.lossforge.dataset;

import io.lossforge.storage.BlobReferences;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Packed content in the storage: the files of one content come and leave together. */
@Component
class ContentBlobs implements BlobReferences {

    private final JdbcClient database;

    ContentBlobs(JdbcClient database) {
        this.database = database;
    }

    /** What the keys of a content's files start with. */
    static String of(String sha256) {
        return "datasets/" + sha256 + "/";
    }

    @Override
    public String prefix() {
        return "datasets/";
    }

    @Override
    public String unit(String key) {
        int end = key.indexOf('/', prefix().length());
        return end < 0 ? key : key.substring(0, end + 1);
    }

    private String content(String unit) {
        return unit.substring(prefix().length()).replace("/", "");
    }

    @Override
    public Set<String> referenced(Collection<String> units) {
        return database
                .sql("select sha256 from dataset_content where sha256 = any (:contents)")
                .param("contents", units.stream().map(this::content).toArray(String[]::new))
                .query((row, number) -> row.getString(1))
                .list()
                .stream()
                .map(ContentBlobs::of)
                .collect(Collectors.toSet());
    }
}
