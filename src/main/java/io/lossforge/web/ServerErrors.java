package io.lossforge.web;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Answers what never reached the application, such as a request line that is no HTTP, in place of Tomcat's page. Here is all that needs to know Tomcat. */
@Configuration(proxyBeanMethods = false)
class ServerErrors {

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> serverErrorsAsProblems() {
        return factory -> factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ProblemValve.class.getName());
            }
        });
    }

    /** Made by Tomcat, by its name. */
    public static class ProblemValve extends ErrorReportValve {

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            Runnable leave = () -> request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            request.setAttribute(UnreadBody.ATTRIBUTE, leave);
            super.invoke(request, response);
        }

        @Override
        protected void report(Request request, Response response, @Nullable Throwable thrown) {
            int status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            try {
                var path = request.getRequestURI() == null ? "" : request.getRequestURI();
                var traceId = Trace.id(request);
                response.setHeader(Trace.HEADER, traceId);
                response.setHeader("X-Content-Type-Options", "nosniff");
                response.setContentType(ProblemWriter.contentType(path));
                response.setCharacterEncoding("UTF-8");
                var writer = response.getReporter();
                if (writer != null) {
                    writer.write(new String(
                            ProblemWriter.body(path, Refusal.of(status), traceId),
                            java.nio.charset.StandardCharsets.UTF_8));
                    response.finishResponse();
                }
            } catch (IOException | IllegalStateException e) {
                container.getLogger().debug("the caller has gone", e);
            }
        }
    }
}
