package io.lossforge.card;

import io.lossforge.admission.BroughtModel;
import io.lossforge.admission.BroughtModels;
import io.lossforge.dataset.DatasetVersion;
import io.lossforge.dataset.Datasets;
import io.lossforge.dataset.UnknownDataset;
import io.lossforge.job.JobAnalyses;
import io.lossforge.job.JobEvaluations;
import io.lossforge.job.TrainingRecord;
import io.lossforge.job.TrainingRecords;
import io.lossforge.model.ModelVersion;
import io.lossforge.training.Catalogues;
import io.lossforge.training.Evaluation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;

/** Writes cards from what is stored: nothing is run or measured again, and what is not known is said to be so. */
@Component
class Cards {

    private static final double CONFIDENCE = 0.95;

    private final TrainingRecords records;
    private final JobEvaluations evaluations;
    private final JobAnalyses analyses;
    private final Datasets datasets;
    private final BroughtModels brought;
    private final Statements statements;

    Cards(
            TrainingRecords records,
            JobEvaluations evaluations,
            JobAnalyses analyses,
            Datasets datasets,
            BroughtModels brought,
            Statements statements) {
        this.records = records;
        this.evaluations = evaluations;
        this.analyses = analyses;
        this.datasets = datasets;
        this.brought = brought;
        this.statements = statements;
    }

    /** The card of a version. */
    @Transactional(readOnly = true)
    Card of(ModelVersion version) {
        var job = version.jobId();
        var record = job == null ? null : records.of(job).orElse(null);
        var evaluated = job == null ? List.<Evaluation>of() : evaluations(job);
        var own = brought.of(version.id()).orElse(null);
        var data = data(version, record, evaluated);
        var scores = evaluated.stream().map(Cards::evaluated).toList();
        var analysis = job == null
                ? null
                : analyses.of(job, "train").map(LearningPropertyText::of).orElse(null);
        var calibration = evaluated.isEmpty() ? null : calibration(evaluated.get(0));
        var facts = new Limits.Facts(
                version.classes(), job != null, data, record != null, scores, analysis, calibration, own != null);
        var self = "/api/v1/models/%s/versions/%d".formatted(version.model(), version.version());
        return new Card(
                version.model(),
                version.version(),
                version.createdAt(),
                own == null ? "trained" : "brought",
                version.classes(),
                version.inputKind(),
                version.inputShape(),
                version.servingTransform(),
                data,
                loss(version, record),
                record == null ? null : training(record),
                scores,
                analysis,
                calibration,
                own == null ? null : brought(own),
                statements.of(version),
                Limits.of(facts),
                Limits.unknown(facts),
                version.artefactSha256(),
                version.artefactBytes(),
                links(version, self));
    }

    private static Map<String, String> links(ModelVersion version, String self) {
        var links = new LinkedHashMap<String, String>();
        links.put("self", self + "/card");
        links.put("version", self);
        links.put("onnx", self + "/onnx");
        links.put("statement", self + "/card/statement");
        if (version.jobId() != null) {
            links.put("job", "/api/v1/jobs/" + version.jobId());
        }
        return links;
    }

    private List<Evaluation> evaluations(UUID job) {
        return Stream.of("test", "validation")
                .map(split -> evaluations.of(List.of(job), split).get(job))
                .filter(Objects::nonNull)
                .toList();
    }

    private Card.@Nullable Data data(
            ModelVersion version, @Nullable TrainingRecord record, List<Evaluation> evaluated) {
        if (version.dataset() == null) {
            return null;
        }
        var reference = "%s:%d".formatted(version.dataset(), version.datasetVersion());
        var dataset = dataset(reference);
        var trained = record == null ? List.<Long>of() : record.trainingCounts();
        var held = record == null ? List.<Long>of() : record.validationCounts();
        var tested = evaluated.stream()
                .filter(evaluation -> evaluation.split().equals("test"))
                .findFirst()
                .map(evaluation -> evaluation.perClass().stream()
                        .map(Evaluation.ClassScore::support)
                        .toList())
                .orElse(dataset == null ? List.of() : dataset.testPerClass());
        var perClass = new ArrayList<Card.ClassCount>();
        for (int k = 0; k < version.classes().size(); k++) {
            perClass.add(new Card.ClassCount(version.classes().get(k), at(trained, k), at(held, k), at(tested, k)));
        }
        return new Card.Data(
                reference,
                dataset == null ? null : dataset.format(),
                perClass,
                imbalanceRatio(trained),
                object(part(record == null ? null : record.spec(), "imbalance")),
                dataset == null ? List.of() : dataset.warnings());
    }

    private @Nullable DatasetVersion dataset(String reference) {
        try {
            return datasets.resolve(reference);
        } catch (UnknownDataset e) {
            return null; // deleted since: its name stays in the version
        }
    }

    private static @Nullable Long at(List<Long> counts, int k) {
        return k < counts.size() ? counts.get(k) : null;
    }

    private static @Nullable Double imbalanceRatio(List<Long> counts) {
        if (counts.isEmpty() || Collections.min(counts) == 0) {
            return null;
        }
        return (double) Collections.max(counts) / Collections.min(counts);
    }

    private static Card.@Nullable Loss loss(ModelVersion version, @Nullable TrainingRecord record) {
        if (version.loss() == null) {
            return null;
        }
        var described = Catalogues.LOSSES.describe().stream()
                .filter(entry -> entry.name().equals(version.loss()))
                .findFirst()
                .orElse(null);
        var spec = record == null ? null : record.spec();
        return new Card.Loss(
                version.loss(),
                described == null ? "" : described.summary(),
                described == null ? "" : described.formula(),
                described == null ? "" : described.reference(),
                values(part(spec, "loss").path("parameters")),
                values(part(spec, "classWeights")),
                spec == null ? null : part(spec, "labelSmoothing").asDouble(0),
                object(part(spec, "logitAdjustment")));
    }

    private static JsonNode part(@Nullable JsonNode spec, String name) {
        var part = spec == null ? null : spec.get(name);
        return part == null ? NullNode.getInstance() : part;
    }

    private static @Nullable Map<String, Object> object(JsonNode node) {
        return node.isObject() ? values(node) : null;
    }

    /** What an object says; nothing is said by null. */
    private static Map<String, Object> values(JsonNode node) {
        var values = new LinkedHashMap<String, Object>();
        node.propertyStream()
                .filter(property -> !property.getValue().isNull())
                .forEach(property -> values.put(
                        property.getKey(), JsonMapper.shared().convertValue(property.getValue(), Object.class)));
        return values;
    }

    private static Card.Choice choice(JsonNode choice) {
        return new Card.Choice(choice.path("name").asString(""), values(choice.path("parameters")));
    }

    private static Card.Training training(TrainingRecord record) {
        var spec = record.spec();
        return new Card.Training(
                choice(part(spec, "architecture")),
                choice(part(spec, "optimizer")),
                choice(part(spec, "schedule")),
                choice(part(spec, "sampler")),
                part(spec, "augmentations").valueStream().map(Cards::choice).toList(),
                spec.path("batchSize").asInt(),
                spec.path("epochs").asInt(),
                record.epoch(),
                spec.path("seed").asLong(),
                part(spec, "initialModel").isString()
                        ? part(spec, "initialModel").stringValue()
                        : null,
                record.trainingTime().toMillis() / 1000.0,
                record.attempts(),
                record.deviceName() == null
                        ? record.device()
                        : "%s (%s)".formatted(record.device(), record.deviceName()),
                record.threads());
    }

    private static Card.Evaluated evaluated(Evaluation evaluation) {
        var metrics = new TreeMap<String, Double>();
        metrics.put("accuracy", evaluation.accuracy());
        metrics.put("balancedAccuracy", evaluation.balancedAccuracy());
        metrics.put("macroF1", evaluation.macroF1());
        metrics.put("worstClassRecall", evaluation.worstClassRecall());
        metrics.put("nll", evaluation.nll());
        metrics.put("brier", evaluation.brier());
        metrics.put("ece", evaluation.ece());
        if (evaluation.auroc() != null) {
            metrics.put("auroc", evaluation.auroc());
        }
        if (evaluation.auprc() != null) {
            metrics.put("auprc", evaluation.auprc());
        }
        return new Card.Evaluated(
                evaluation.split(),
                evaluation.count(),
                metrics,
                evaluation.perClass().stream().map(Cards::score).toList());
    }

    private static Card.ClassScore score(Evaluation.ClassScore score) {
        int samples = Math.toIntExact(score.support());
        int found = (int) Math.round(score.recall() * samples);
        var interval = samples == 0 ? null : new WilsonScoreInterval().createInterval(samples, found, CONFIDENCE);
        return new Card.ClassScore(
                score.className(),
                score.precision(),
                score.recall(),
                interval == null ? null : Math.min(score.recall(), Math.max(0, interval.getLowerBound())),
                interval == null ? null : Math.max(score.recall(), Math.min(1, interval.getUpperBound())),
                score.f1(),
                score.support());
    }

    private static Card.Calibration calibration(Evaluation evaluation) {
        return new Card.Calibration(
                evaluation.split(),
                evaluation.ece(),
                evaluation.nll(),
                evaluation.temperature(),
                evaluation.scaledEce(),
                evaluation.scaledNll());
    }

    private static Card.Brought brought(BroughtModel own) {
        return new Card.Brought(
                own.fileName(),
                own.fileSha256(),
                own.fileBytes(),
                values(own.declaration()),
                own.findings(),
                own.broughtBy(),
                own.broughtAt());
    }
}
