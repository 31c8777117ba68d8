package io.lossforge.job;

/** The job belongs to another attempt by now, or to none: whoever held the claim must stop, and has changed nothing. */
public class LeaseLost extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LeaseLost(Claim claim) {
        super("%s: the lease was lost".formatted(claim));
    }
}
