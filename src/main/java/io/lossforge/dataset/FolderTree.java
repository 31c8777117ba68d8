package io.lossforge.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** A folder of this machine as an archive: names in alphabetical order, links refused. */
final class FolderTree implements Archive {

    private final Source source;
    private final Unpacking unpacking;

    FolderTree(Source source, Unpacking unpacking) {
        this.source = source;
        this.unpacking = unpacking;
    }

    @Override
    public void each(Visitor visitor) throws IOException {
        visit(source.path(), "", visitor);
    }

    private boolean visit(Path directory, String prefix, Visitor visitor) throws IOException {
        for (var child : children(directory)) {
            unpacking.entry(source);
            var path = Archive.path(source, prefix + child.getFileName());
            boolean isDirectory = Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS);
            if (!isDirectory && !Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS)) {
                throw source.refused(
                        path, Files.isSymbolicLink(child) ? "is a symbolic link" : "is neither a file nor a folder");
            }
            if (!visitor.visit(new FolderEntry(path, isDirectory, child))
                    || isDirectory && !visit(child, path + "/", visitor)) {
                return false;
            }
        }
        return true;
    }

    private static List<Path> children(Path directory) throws IOException {
        try (var children = Files.list(directory)) {
            return children.sorted().toList();
        }
    }

    private record FolderEntry(String path, boolean isDirectory, Path file) implements Entry {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
