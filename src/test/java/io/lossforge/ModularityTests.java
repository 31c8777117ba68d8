package io.lossforge;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModularityTests {

    @Test
    void verifiesArchitecture() {
        ApplicationModules.of(Lossforge.class).verify();
    }
}
