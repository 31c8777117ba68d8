package io.lossforge.dataset;

import java.io.IOException;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** A tar of class folders, plain or gzipped. */
@Component
@Order(40)
class TarFormat implements DatasetFormat {

    @Override
    public String name() {
        return "tar";
    }

    @Override
    public String summary() {
        return "tar or tar.gz of class folders";
    }

    @Override
    public Set<String> options() {
        return Set.of("imageSize");
    }

    @Override
    public boolean recognises(Source source) throws IOException {
        return TarArchive.looksLike(source.head(512));
    }

    @Override
    public void read(Delivery delivery, Packing packing) throws IOException {
        new ClassFolders(delivery, packing, TarArchive::new).read();
    }
}
