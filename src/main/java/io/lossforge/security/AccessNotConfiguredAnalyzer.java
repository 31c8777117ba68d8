package io.lossforge.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says how to make a key, in place of a stack trace. */
class AccessNotConfiguredAnalyzer extends AbstractFailureAnalyzer<AccessNotConfigured> {

    private static final String ACTION = """
            Make a key and give the service its hash:

                key=$(openssl rand -hex 32)
                export LOSSFORGE_SECURITY_API_KEYS=me=sha256:$(printf %s "$key" | sha256sum | cut -d' ' -f1)

            and send it with every request: curl -H "Authorization: Bearer $key" …
            Or bind the service to this machine only: server.address=127.0.0.1""";

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, AccessNotConfigured cause) {
        return new FailureAnalysis(cause.getMessage(), ACTION, cause);
    }
}
