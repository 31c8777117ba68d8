package io.lossforge.dataset;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import jakarta.servlet.MultipartConfigElement;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

/** Has the container write the parts of multipart requests to this process's workspace, and bounds them. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.SERVER)
class UploadConfiguration {

    /** Parts up to this size stay in memory. */
    private static final DataSize IN_MEMORY = DataSize.ofKilobytes(256);

    @Bean
    MultipartConfigElement multipartConfig(Workspaces workspaces, DatasetSettings settings) {
        long most = settings.maxUpload().toBytes();
        return new MultipartConfigElement(workspaces.uploads().toString(), most, most, (int) IN_MEMORY.toBytes());
    }
}
