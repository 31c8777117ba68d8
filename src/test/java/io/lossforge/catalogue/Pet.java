package io.lossforge.catalogue;

import com.google.auto.service.AutoService;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record with a component of every kind that can be read. */
record Pet(
        @Parameter(value = "name", required = true, maxLength = 8, pattern = "[a-zé]+")
        String name,

        @Parameter(value = "kilogrammes", min = 0, exclusiveMin = true, max = 100)
        double weight,

        @Parameter(value = "legs", min = 0, max = 8) int legs,
        @Parameter(value = "identifier", min = 0) long chip,
        @Parameter("whether it is fed") boolean fed,
        @Parameter("how it moves") Gait gait,

        @Parameter(value = "longest sleep", max = 86_400) @Nullable Duration sleep,

        @Parameter(value = "litter", min = 0, max = 1, exclusiveMax = true, minItems = 1, maxItems = 3)
        List<Double> litter,

        @Parameter("what it plays with") Toy toy,
        @Parameter(value = "more toys", maxItems = 2_000) List<Toy> toys,
        @Parameter("where it lives") Home home,

        @Parameter("where it goes in summer; null for nowhere") @Nullable Home summer) {

    enum Gait {
        WALK,
        FLY_LOW
    }

    /** A catalogue. */
    interface Toy {}

    @AutoService(Toy.class)
    @Described(name = "ball", summary = "Rolls.")
    record Ball(@Parameter(value = "millimetres", min = 1) int diameter) implements Toy {

        public Ball() {
            this(60);
        }
    }

    @AutoService(Toy.class)
    @Described(name = "rope", summary = "Swings.", formula = "T = 2π√(l/g)", reference = "Huygens 1673")
    record Rope(
            @Parameter(value = "metres", min = 0, max = 9) double length,
            @Parameter("whether it is knotted") boolean knotted)
            implements Toy {

        Rope {
            if (knotted && length < 0.1) {
                throw new InvalidDocument("/knotted", "needs a length of 0.1 at least");
            }
        }

        public Rope() {
            this(1, false);
        }
    }

    record Home(
            @Parameter("square metres") double area,
            @Parameter("floor") int floor) {

        Home {
            if (area < floor) {
                throw new IllegalArgumentException("is too high for its area");
            }
        }

        Home() {
            this(20, 0);
        }
    }

    Pet() {
        this("", 4.5, 4, 0, false, Gait.WALK, null, List.of(0.5), new Ball(), List.of(), new Home(), null);
    }
}
