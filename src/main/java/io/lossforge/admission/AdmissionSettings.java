package io.lossforge.admission;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Bounds on ONNX files that people bring.
 *
 * @param maxFile largest file; answered with 413 above
 * @param trialMemory memory of the process that examines a file, beyond some 1.5 GB of address space that any has: half of it for
 *     reading the file, which takes about three times the file's size. Bounded by the system where there is a shell
 * @param trialTimeout longest examination of a file; it is refused after that
 * @param atOnce files that are examined at a time; others wait for up to a minute, and are then answered with 503
 */
@Validated
@ConfigurationProperties("lossforge.admission")
record AdmissionSettings(
        @DefaultValue("256MB") DataSize maxFile,
        @DefaultValue("2GB") DataSize trialMemory,

        @DefaultValue("60s") @DurationMin(seconds = 1) @DurationMax(hours = 1)
        Duration trialTimeout,

        @DefaultValue("1") @Min(1) int atOnce) {}
