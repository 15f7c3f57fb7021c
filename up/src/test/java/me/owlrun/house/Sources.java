package me.owlrun.house;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// The sources and class files of all modules, read once.
final class Sources {

    static final Path ROOT = Path.of(System.getProperty("owlrun.root", ".."));
    static final List<String> MODULES = List.of("mint", "gateway", "agent", "bench", "up");

    private Sources() {}

    /// One source file.
    ///
    /// @param path relative to the repository
    /// @param text its content
    record SourceFile(Path path, String text) {}

    /// One type or method with the place where it begins.
    ///
    /// @param where path and line
    /// @param name the name as declared
    /// @param lines how many lines it spans
    /// @param documented whether a comment stands before it
    record Declaration(String where, String name, long lines, boolean documented) {}

    static List<SourceFile> mainSources() {
        return read("src/main/java", ".java");
    }

    static List<SourceFile> testSources() {
        return read("src/test/java", ".java");
    }

    static List<ClassModel> mainClasses() {
        return classes("target/classes");
    }

    static List<ClassModel> testClasses() {
        return classes("target/test-classes");
    }

    private static List<SourceFile> read(String folder, String suffix) {
        List<SourceFile> files = new ArrayList<>();
        for (Path path : list(folder, suffix)) {
            try {
                files.add(new SourceFile(ROOT.relativize(path), Files.readString(path)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files;
    }

    private static List<ClassModel> classes(String folder) {
        List<ClassModel> models = new ArrayList<>();
        for (Path path : list(folder, ".class")) {
            if (!path.endsWith("module-info.class") && !path.endsWith("package-info.class")) {
                try {
                    models.add(ClassFile.of().parse(path));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return models;
    }

    private static List<Path> list(String folder, String suffix) {
        List<Path> paths = new ArrayList<>();
        for (String module : MODULES) {
            Path start = ROOT.resolve(module).resolve(folder);
            if (Files.isDirectory(start)) {
                try (Stream<Path> files = Files.walk(start)) {
                    files.filter(path -> path.toString().endsWith(suffix)).forEach(paths::add);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return paths;
    }

    static List<Declaration> types(List<SourceFile> files) {
        return declarations(files, true);
    }

    static List<Declaration> methods(List<SourceFile> files) {
        return declarations(files, false);
    }

    private static List<Declaration> declarations(List<SourceFile> files, boolean types) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Declaration> found = new ArrayList<>();
        try (StandardJavaFileManager manager =
                compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<Path> paths = files.stream().map(file -> ROOT.resolve(file.path())).toList();
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    manager,
                                    null,
                                    List.of(),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(paths));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new Collector(unit, positions, types, found).scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /// Collects the types or the methods of one file.
    private static final class Collector extends TreePathScanner<Void, Void> {

        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final boolean types;
        private final List<Declaration> found;
        private final String text;

        Collector(
                CompilationUnitTree unit,
                SourcePositions positions,
                boolean types,
                List<Declaration> found)
                throws IOException {
            this.unit = unit;
            this.positions = positions;
            this.types = types;
            this.found = found;
            this.text = unit.getSourceFile().getCharContent(true).toString();
        }

        @Override
        public Void visitClass(ClassTree tree, Void unused) {
            if (types && !tree.getSimpleName().isEmpty()) {
                add(tree, tree.getSimpleName().toString());
            }
            return super.visitClass(tree, null);
        }

        @Override
        public Void visitMethod(MethodTree tree, Void unused) {
            if (!types && tree.getBody() != null) {
                add(tree, tree.getName().toString());
            }
            return super.visitMethod(tree, null);
        }

        private void add(Tree tree, String name) {
            long start = positions.getStartPosition(unit, tree);
            long end = positions.getEndPosition(unit, tree);
            if (start < 0 || end < start) {
                return; // made by the compiler, such as a record's constructor
            }
            long first = unit.getLineMap().getLineNumber(start);
            long last = unit.getLineMap().getLineNumber(end);
            String before = text.substring(0, (int) start).stripTrailing();
            String lastLine = before.substring(before.lastIndexOf('\n') + 1).strip();
            Path path = ROOT.relativize(Path.of(unit.getSourceFile().toUri()));
            found.add(
                    new Declaration(
                            path + ":" + first,
                            name,
                            last - first + 1,
                            lastLine.startsWith("///") || lastLine.endsWith("*/")));
        }
    }
}
