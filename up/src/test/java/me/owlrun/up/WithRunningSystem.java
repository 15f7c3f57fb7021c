package me.owlrun.up;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Gives tests the one [RunningSystem] they share, with the mock engine; it is started by the first
/// and stopped after the last.
final class WithRunningSystem implements ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(WithRunningSystem.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningSystem.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent("system", key -> start(), RunningSystem.class);
    }

    private static RunningSystem start() {
        try {
            Path data = Files.createTempDirectory("owlrun-up-test");
            return RunningSystem.start(data, "mock");
        } catch (IOException e) {
            throw new IllegalStateException("the system did not start", e);
        }
    }
}
