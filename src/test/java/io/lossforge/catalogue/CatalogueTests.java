package io.lossforge.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.EntryDescription.ParameterDescription;
import io.lossforge.catalogue.Pet.Ball;
import io.lossforge.catalogue.Pet.Gait;
import io.lossforge.catalogue.Pet.Rope;
import io.lossforge.catalogue.Pet.Toy;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogueTests {

    /** Two entries of one name. */
    interface Twin {}

    @AutoService(Twin.class)
    @Described(name = "twin", summary = "One.")
    record Castor() implements Twin {

        public Castor {}
    }

    @AutoService(Twin.class)
    @Described(name = "twin", summary = "The other.")
    record Pollux() implements Twin {

        public Pollux {}
    }

    /** An entry without a description. */
    interface Orphan {}

    @AutoService(Orphan.class)
    record Nameless() implements Orphan {

        public Nameless {}
    }

    @Described(name = "all", summary = "Every kind of parameter.")
    record All(
            @Parameter("a list") List<Double> list,
            @Parameter(value = "an enum") Gait gait,
            @Parameter("a text") String text,

            @Parameter(value = "a long", min = 1, exclusiveMin = true, max = 5, exclusiveMax = true)
            long whole) {

        All() {
            this(List.of(), Gait.FLY_LOW, "t", 3);
        }
    }

    @Described(name = "bare", summary = "Has a parameter without help.")
    record Bare(int parameter) {

        Bare() {
            this(1);
        }
    }

    record WithoutDefaults(int parameter) {}

    private final Catalogue<Toy> toys = Catalogue.of("toy", Toy.class);

    @Test
    void findsEntriesByNameInAlphabeticalOrder() {
        assertThat(toys.names()).containsExactly("ball", "rope");
        assertThat(toys.entry("rope")).isEqualTo(Rope.class);
        assertThat(toys.create("ball")).isEqualTo(new Ball());
        assertThat(Catalogue.nameOf(new Rope())).isEqualTo("rope");
    }

    @Test
    void refusesANameThatIsNotKnown() {
        assertThatThrownBy(() -> toys.create("robe"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("toy \"robe\" is not known; did you mean \"rope\"? known: ball, rope");
    }

    @Test
    void namesCannotBeAddedOrTakenAway() {
        assertThatThrownBy(() -> toys.names().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void describesEntriesAndParameters() {
        assertThat(toys.describe())
                .containsExactly(
                        new EntryDescription(
                                "ball",
                                "Rolls.",
                                "",
                                "",
                                List.of(new ParameterDescription(
                                        "diameter", "integer", "millimetres", 60, 1.0, null, false, false, List.of()))),
                        new EntryDescription(
                                "rope",
                                "Swings.",
                                "T = 2π√(l/g)",
                                "Huygens 1673",
                                List.of(
                                        new ParameterDescription(
                                                "length", "number", "metres", 1.0, 0.0, 9.0, false, false, List.of()),
                                        new ParameterDescription(
                                                "knotted",
                                                "boolean",
                                                "whether it is knotted",
                                                false,
                                                null,
                                                null,
                                                false,
                                                false,
                                                List.of()))));
    }

    @Test
    void describesTypesAndBoundsOfParameters() {
        assertThat(EntryDescription.of(All.class).parameters())
                .containsExactly(
                        new ParameterDescription(
                                "list", "array of number", "a list", List.of(), null, null, false, false, List.of()),
                        new ParameterDescription(
                                "gait",
                                "enum",
                                "an enum",
                                "flyLow",
                                null,
                                null,
                                false,
                                false,
                                List.of("walk", "flyLow")),
                        new ParameterDescription("text", "string", "a text", "t", null, null, false, false, List.of()),
                        new ParameterDescription("whole", "integer", "a long", 3L, 1.0, 5.0, true, true, List.of()));
    }

    @Test
    void anEntryMustBeADescribedRecordOfItsOwnName() {
        assertThatThrownBy(() -> Catalogue.of("twin", Twin.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("are both called twin");
        assertThatThrownBy(() -> Catalogue.of("orphan", Orphan.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must be a record with @Described");
        assertThatThrownBy(() -> Catalogue.nameOf(new Nameless())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyParameterMustBeDescribedAndHaveADefault() {
        assertThatThrownBy(() -> RecordShape.of(WithoutDefaults.class).defaults())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("needs a no-argument constructor");
        assertThatThrownBy(() -> EntryDescription.of(Bare.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("needs @Parameter");
    }
}
