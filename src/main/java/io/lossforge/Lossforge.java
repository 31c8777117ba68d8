package io.lossforge;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service. {@code lossforge.roles} says which parts of it this process plays. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class Lossforge {

    public static void main(String[] args) {
        SpringApplication.run(Lossforge.class, args);
        // told to end, it has ended well: else the virtual machine would report the signal
        SpringApplication.getShutdownHandlers().add(() -> Runtime.getRuntime().halt(0));
    }
}
