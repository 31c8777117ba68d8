package io.lossforge.security;

import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/** Hashes keys as they are read from the settings. */
@Component
@ConfigurationPropertiesBinding
class ApiKeySetting implements Converter<String, ApiKey> {

    @Override
    public ApiKey convert(String setting) {
        return ApiKey.read(setting);
    }
}
