package io.lossforge.worker;

/** The bytes of a file on disk are not those that the process which runs the job wrote. */
final class DamagedArtefact extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DamagedArtefact() {
        super("a file on disk is not what the trainer wrote");
    }
}
