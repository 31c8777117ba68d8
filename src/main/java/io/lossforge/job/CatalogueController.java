package io.lossforge.job;

import io.lossforge.catalogue.EntryDescription;
import io.lossforge.catalogue.EntryDescription.ParameterDescription;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.training.Catalogues;
import io.lossforge.training.TrainingSpec;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** What a job can be composed of. */
@RestController
@RequestMapping("/api/v1")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Catalogue")
class CatalogueController {

    @GetMapping("/losses")
    @Operation(summary = "Losses, with their parameters and what they serve")
    LossList listLosses() {
        return new LossList(Catalogues.LOSSES.describe().stream()
                .map(CatalogueController::loss)
                .toList());
    }

    @GetMapping("/architectures")
    @Operation(summary = "Networks, with their parameters")
    ArchitectureList listArchitectures() {
        return new ArchitectureList(Catalogues.ARCHITECTURES.describe());
    }

    @GetMapping("/optimizers")
    @Operation(summary = "Optimizers, with their parameters")
    OptimizerList listOptimizers() {
        return new OptimizerList(Catalogues.OPTIMIZERS.describe());
    }

    @GetMapping("/schedules")
    @Operation(summary = "Learning-rate schedules, with their parameters")
    ScheduleList listSchedules() {
        return new ScheduleList(Catalogues.SCHEDULES.describe());
    }

    @GetMapping("/samplers")
    @Operation(summary = "Samplers, with their parameters")
    SamplerList listSamplers() {
        return new SamplerList(Catalogues.SAMPLERS.describe());
    }

    @GetMapping("/augmentations")
    @Operation(summary = "Augmentations, with their parameters")
    AugmentationList listAugmentations() {
        return new AugmentationList(Catalogues.AUGMENTATIONS.describe());
    }

    @GetMapping("/specification")
    @Operation(summary = "All that a job can say besides what it chooses from the catalogues, with every default")
    SpecificationDescription getSpecification() {
        return new SpecificationDescription(
                Catalogues.JSON.write(new TrainingSpec()),
                EntryDescription.parametersByPointer(TrainingSpec.class).entrySet().stream()
                        .map(part -> new SpecificationPart(part.getKey(), part.getValue()))
                        .toList());
    }

    @GetMapping("/decisions")
    @Operation(summary = "Targets that thresholds can be fitted for, with their parameters")
    DecisionList listDecisions() {
        return new DecisionList(Catalogues.DECISIONS.describe());
    }

    private static LossDescription loss(EntryDescription entry) {
        return new LossDescription(
                entry.name(),
                entry.summary(),
                entry.formula(),
                entry.reference(),
                Catalogues.LOSSES.create(entry.name()).servingTransform().kind().json(),
                entry.parameters());
    }

    /** A loss: like every entry, and how its probabilities are formed. */
    record LossDescription(
            String name,
            String summary,
            String formula,
            String reference,

            @Schema(
                    description = "How probabilities are formed from logits when a model is served:"
                            + " softmax, sigmoid or temperedSoftmax")
            String servingTransform,

            List<ParameterDescription> parameters) {}

    /** What a job can say. */
    record SpecificationDescription(
            @Schema(
                    implementation = JobSubmission.class,
                    description = "What holds where a job says nothing; only dataset has to be given")
            ObjectNode defaults,

            List<SpecificationPart> parts) {}

    /** Parameters that belong together. */
    record SpecificationPart(
            @Schema(
                    description =
                            "JSON pointer to what they are members of, such as /imbalance; empty for the job itself")
            String pointer,

            List<ParameterDescription> parameters) {}

    /** Every loss. */
    record LossList(List<LossDescription> losses) {}

    /** Every architecture. */
    record ArchitectureList(List<EntryDescription> architectures) {}

    /** Every optimizer. */
    record OptimizerList(List<EntryDescription> optimizers) {}

    /** Every schedule. */
    record ScheduleList(List<EntryDescription> schedules) {}

    /** Every sampler. */
    record SamplerList(List<EntryDescription> samplers) {}

    /** Every augmentation. */
    record AugmentationList(List<EntryDescription> augmentations) {}

    /** Every target of a decision. */
    record DecisionList(List<EntryDescription> decisions) {}
}
