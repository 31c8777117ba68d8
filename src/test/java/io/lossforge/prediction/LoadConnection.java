package io.lossforge.prediction;

import java.io.IOException;
import java.net.Socket;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

/** One connection that is kept, on which one thread sends the same request and waits for each answer. */
final class LoadConnection implements AutoCloseable {

    private final int port;
    private final LoadRequest request;
    private final HttpRequestExecutor executor = new HttpRequestExecutor();
    private DefaultBHttpClientConnection connection;

    LoadConnection(int port, LoadRequest request) throws IOException {
        this.port = port;
        this.request = request;
        connection = connect(port);
    }

    private static DefaultBHttpClientConnection connect(int port) throws IOException {
        var socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
        var connection = new DefaultBHttpClientConnection(null);
        connection.bind(socket);
        return connection;
    }

    /** The answer's status; -1 if there was none. */
    int send() throws IOException {
        var message = new BasicClassicHttpRequest("POST", request.path());
        message.addHeader(HttpHeaders.HOST, "127.0.0.1:" + port);
        message.addHeader(HttpHeaders.CONTENT_TYPE, request.contentType());
        message.addHeader(HttpHeaders.CONTENT_LENGTH, request.body().length);
        if (!request.jsonBytes().isEmpty()) {
            message.addHeader(InferReader.HEADER_LENGTH, request.jsonBytes());
        }
        message.setEntity(new ByteArrayEntity(request.body(), ContentType.parse(request.contentType())));
        try {
            if (!connection.isOpen()) {
                connection = connect(port);
            }
            try (var response = executor.execute(message, connection, HttpCoreContext.create())) {
                EntityUtils.consume(response.getEntity());
                var keep = response.getFirstHeader(HttpHeaders.CONNECTION);
                if (keep != null && keep.getValue().equalsIgnoreCase("close")) {
                    connection.close();
                }
                return response.getCode();
            }
        } catch (IOException | HttpException e) {
            connection.close();
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
