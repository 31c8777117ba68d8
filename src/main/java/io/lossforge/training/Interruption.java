package io.lossforge.training;

/** Whether somebody wants the running job to end. Safe for use by several threads. */
public final class Interruption {

    private enum Wish {
        NONE,
        STOP,
        CANCEL
    }

    private volatile Wish wish = Wish.NONE;

    /** Ends the job after a checkpoint, unless it is cancelled already. */
    synchronized void stop() {
        if (wish == Wish.NONE) {
            wish = Wish.STOP;
        }
    }

    /** Ends the job at once. */
    public synchronized void cancel() {
        wish = Wish.CANCEL;
    }

    /** Whether it should end, be it to go on later or not. */
    public boolean wanted() {
        return wish != Wish.NONE;
    }

    boolean cancelled() {
        return wish == Wish.CANCEL;
    }
}
