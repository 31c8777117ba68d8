package io.lossforge.inference;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;

/**
 * CSV as in RFC 4180: {@code split,index,label,predicted,probability}, or {@code index,file,label,…} of files, then {@code predicted2,probability2}
 * and so on, then a column {@code probability:<class>} for each class.
 */
final class CsvRows implements Rows {

    private static final CSVFormat CSV = CSVFormat.RFC4180;
    private static final String END = "\r\n";

    private final Map<String, String> labels = new HashMap<>();
    private final List<String> classes;
    private final int topK;
    private final boolean all;
    private final boolean sent;

    CsvRows(List<String> classes, int topK, boolean all, boolean sent) {
        this.classes = classes.stream().map(CSV::format).toList();
        this.topK = topK;
        this.all = all;
        this.sent = sent;
    }

    @Override
    public String head() {
        var head = new StringBuilder(sent ? "index,file,label" : "split,index,label");
        for (int i = 1; i <= topK; i++) {
            head.append(i == 1 ? ",predicted,probability" : ",predicted%d,probability%d".formatted(i, i));
        }
        if (all) {
            classes.forEach(name -> head.append(',')
                    .append(name.startsWith("\"") ? "\"probability:" + name.substring(1) : "probability:" + name));
        }
        return head.append(END).toString();
    }

    @Override
    public void append(StringBuilder text, Samples.Known sample, float[] probabilities, int offset, int[] likeliest) {
        if (sent) {
            text.append(sample.index()).append(',').append(CSV.format(sample.file()));
        } else {
            text.append(sample.split()).append(',').append(sample.index());
        }
        text.append(',');
        if (sample.label() != null) {
            text.append(labels.computeIfAbsent(sample.label(), CSV::format));
        }
        for (int k : likeliest) {
            text.append(',').append(classes.get(k)).append(',').append(probabilities[offset + k]);
        }
        if (all) {
            for (int k = 0; k < classes.size(); k++) {
                text.append(',').append(probabilities[offset + k]);
            }
        }
        text.append(END);
    }
}
