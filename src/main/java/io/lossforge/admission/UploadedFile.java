package io.lossforge.admission;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

/** Reads an uploaded file. What it holds beyond what is known of the format is left out, so that nobody meets what was not checked. */
final class UploadedFile {

    private static final long OLDEST_FORMAT = 3;
    private static final long NEWEST_FORMAT = 13;
    private static final long OLDEST_OPERATORS = 8;
    private static final long NEWEST_OPERATORS = 26;
    private static final long NEWEST_CLASSICAL = 5;

    private UploadedFile() {}

    /**
     * Reads all of a file.
     *
     * @throws Refusal if it is no ONNX file, or of a version that can't be run
     */
    static ModelProto read(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        requireOnnx(bytes);
        ModelProto model;
        try {
            model = DiscardUnknownFieldsParser.wrap(ModelProto.parser())
                    .parseFrom(UnsafeByteOperations.unsafeWrap(bytes)); // constants stay in these bytes
        } catch (InvalidProtocolBufferException e) {
            throw Refusal.file("is no ONNX file, or is cut off: it has %d bytes", bytes.length);
        }
        if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
            throw Refusal.file("is no ONNX file, or has no network in it");
        }
        requireFormat(model);
        return model;
    }

    private static void requireOnnx(byte[] bytes) {
        if (bytes.length == 0) {
            throw Refusal.file("is empty");
        }
        if (begins(bytes, 'P', 'K', 3, 4)) {
            throw Refusal.file("is a zip archive, as files of PyTorch and Keras are: export the network, as by"
                    + " torch.onnx.export or tf2onnx, and send the .onnx file");
        }
        if (begins(bytes, 0x89, 'H', 'D', 'F')) {
            throw Refusal.file("is an HDF5 file: export the network by tf2onnx and send the .onnx file");
        }
        if (begins(bytes, 0x1f, 0x8b)) {
            throw Refusal.file("is compressed: send it unpacked");
        }
    }

    private static boolean begins(byte[] bytes, int... wanted) {
        for (int i = 0; i < wanted.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xff) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static void requireFormat(ModelProto model) {
        long format = model.getIrVersion();
        if (format < OLDEST_FORMAT || format > NEWEST_FORMAT) {
            throw Refusal.file(
                    "has version %d of the ONNX format; %d to %d are taken: export it by another release of onnx",
                    format, OLDEST_FORMAT, NEWEST_FORMAT);
        }
        var sets = operatorSets(model);
        if (!sets.containsKey("")) {
            throw Refusal.file("does not say which version of the standard operators it was written for");
        }
        require(sets.get(""), OLDEST_OPERATORS, NEWEST_OPERATORS, "opset_version=17");
        if (sets.containsKey(Operators.CLASSICAL)) {
            require(sets.get(Operators.CLASSICAL), 1, NEWEST_CLASSICAL, "an older ai.onnx.ml");
        }
    }

    private static void require(long version, long oldest, long newest, String fix) {
        if (version < oldest || version > newest) {
            throw Refusal.file(
                    "has operators of version %d; %d to %d are taken: export it with %s", version, oldest, newest, fix);
        }
    }

    /**
     * Versions of the standard's operators, by domain; the main one is the empty name.
     *
     * @throws Refusal if a domain has two
     */
    static TreeMap<String, Long> operatorSets(ModelProto model) {
        var sets = new TreeMap<String, Long>();
        for (var set : model.getOpsetImportList()) {
            var domain = Operators.isStandard(set.getDomain()) ? "" : set.getDomain();
            if (domain.isEmpty() || domain.equals(Operators.CLASSICAL)) {
                var other = sets.put(domain, set.getVersion());
                if (other != null && other != set.getVersion()) {
                    throw Refusal.file("has operators of two versions, %d and %d", other, set.getVersion());
                }
            }
        }
        return sets;
    }
}
