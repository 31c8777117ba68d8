package io.lossforge.dataset;

import java.io.IOException;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** A zip of class folders. */
@Component
@Order(20)
class ZipFormat implements DatasetFormat {

    @Override
    public String name() {
        return "zip";
    }

    @Override
    public String summary() {
        return "zip of class folders";
    }

    @Override
    public Set<String> options() {
        return Set.of("imageSize");
    }

    @Override
    public boolean recognises(Source source) throws IOException {
        return !source.isGzip() && isZip(source.head(4));
    }

    static boolean isZip(byte[] head) {
        return head.length == 4
                && head[0] == 'P'
                && head[1] == 'K'
                && (head[2] == 3 && head[3] == 4 || head[2] == 5 && head[3] == 6);
    }

    @Override
    public void read(Delivery delivery, Packing packing) throws IOException {
        new ClassFolders(delivery, packing, ZipArchive::new).read();
    }
}
