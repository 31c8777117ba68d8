package io.lossforge.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** A folder of this machine with class folders in it. */
@Component
@Order(10)
class FolderFormat implements DatasetFormat {

    @Override
    public String name() {
        return "folder";
    }

    @Override
    public String summary() {
        return "server-side folder of class folders";
    }

    @Override
    public Set<String> options() {
        return Set.of("imageSize");
    }

    @Override
    public boolean recognises(Source source) throws IOException {
        return Files.isDirectory(source.path());
    }

    @Override
    public void read(Delivery delivery, Packing packing) throws IOException {
        new ClassFolders(delivery, packing, FolderTree::new).read();
    }
}
