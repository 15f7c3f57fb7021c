package me.owlrun.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import org.junit.jupiter.api.Test;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Holds the house rules: arrows between packages, as little public as possible, no floating point
/// near money, banned calls, short methods and lines, a comment on every type and package.
final class HouseRulesTest {

    private static final int METHOD_LINES_MAX = 70;
    private static final int LINE_CHARS_MAX = 100;

    /// Packages whose code may contain no float or double instruction.
    private static final List<String> MONEY_PACKAGES =
            List.of(
                    "me.owlrun.money",
                    "me.owlrun.cashu",
                    "me.owlrun.gateway.account",
                    "me.owlrun.gateway.ledger",
                    "me.owlrun.gateway.meter",
                    "me.owlrun.gateway.pay",
                    "me.owlrun.gateway.oracle",
                    "me.owlrun.gateway.topup",
                    "me.owlrun.mint.keys",
                    "me.owlrun.mint.swap",
                    "me.owlrun.mint.quote",
                    "me.owlrun.mint.lightning",
                    "me.owlrun.mint.lightning.node",
                    "me.owlrun.mint.lightning.lnd",
                    "me.owlrun.mint.lightning.phoenixd",
                    "me.owlrun.mint.lightning.cln");

    /// What must not be called, and what to use in its place.
    private static final Map<String, String> BANNED_CALLS =
            Map.ofEntries(
                    Map.entry("java/time/Instant.now", "a Clock given by the caller"),
                    Map.entry("java/time/LocalDate.now", "a Clock given by the caller"),
                    Map.entry("java/time/LocalDateTime.now", "a Clock given by the caller"),
                    Map.entry("java/time/ZonedDateTime.now", "a Clock given by the caller"),
                    Map.entry("java/lang/System.currentTimeMillis", "a Clock"),
                    Map.entry("java/lang/Thread.sleep", "a condition or queue with a deadline"),
                    Map.entry("java/lang/Throwable.printStackTrace", "System.Logger"),
                    Map.entry("java/lang/Math.random", "a RandomGenerator given by the caller"),
                    Map.entry("java/util/Random.<init>", "a RandomGenerator given by the caller"),
                    Map.entry("java/net/URL.<init>", "java.net.URI"),
                    Map.entry("java/lang/Runtime.exec", "ProcessBuilder with a list"),
                    Map.entry(
                            "java/util/concurrent/Executors.newFixedThreadPool", "virtual threads"),
                    Map.entry(
                            "java/util/concurrent/Executors.newCachedThreadPool",
                            "virtual threads"));

    /// Files that call method handles, which are declared to throw anything.
    private static final Set<String> CALLS_METHOD_HANDLES =
            Set.of("NativeCurve.java", "WindowsIdle.java");

    /// Calls only `Main` classes may make.
    private static final Set<String> MAIN_ONLY_CALLS =
            Set.of("java/lang/System.exit", "java/lang/IO.println");

    @Test
    void arrows_betweenPackages_followThePlan() {
        List<String> breaches = new ArrayList<>();
        for (ClassModel model : Sources.mainClasses()) {
            String from = packageOf(model.thisClass().asInternalName());
            for (String to : referencedPackages(model)) {
                if (to.startsWith("me.owlrun") && !Arrows.allowed(from, to)) {
                    breaches.add(from + " -> " + to + " in " + model.thisClass().asInternalName());
                }
            }
        }
        assertNone(breaches, "arrows the plan does not have (Arrows.java, docs/architecture.md)");
    }

    @Test
    void arrows_outwards_stayInTheirPackages() {
        List<String> breaches = new ArrayList<>();
        for (ClassModel model : Sources.mainClasses()) {
            String name = model.thisClass().asInternalName();
            for (String to : referencedPackages(model)) {
                Arrows.outwardBreach(name, to).ifPresent(breaches::add);
            }
        }
        assertNone(breaches, "outside packages used in the wrong place");
    }

    @Test
    void publicTypes_areUsedByAnotherPackage() {
        Map<String, Set<String>> usersByType = new HashMap<>();
        List<ClassModel> all = new ArrayList<>(Sources.mainClasses());
        all.addAll(Sources.testClasses());
        for (ClassModel model : all) {
            String user = packageOf(model.thisClass().asInternalName());
            Set<String> named = new HashSet<>(descriptorTypes(model));
            for (PoolEntry entry : model.constantPool()) {
                if (entry instanceof ClassEntry type) {
                    named.add(type.asInternalName());
                } else if (entry instanceof MemberRefEntry member) {
                    addTypes(member.type().stringValue(), named);
                }
            }
            for (String type : named) {
                usersByType.computeIfAbsent(outermost(type), t -> new HashSet<>()).add(user);
            }
        }
        List<String> breaches = new ArrayList<>();
        for (ClassModel model : Sources.mainClasses()) {
            String name = model.thisClass().asInternalName();
            boolean topLevel = !name.contains("$");
            if (topLevel
                    && model.flags().has(AccessFlag.PUBLIC)
                    && !name.endsWith("/Main")
                    && !Arrows.isServiceProvider(name)) {
                Set<String> users = new HashSet<>(usersByType.getOrDefault(name, Set.of()));
                users.remove(packageOf(name));
                if (users.isEmpty()) {
                    breaches.add(name);
                }
            }
        }
        assertNone(breaches, "public types that no other package uses");
    }

    @Test
    void floatingPoint_inMoneyPackages_isAbsent() {
        List<String> breaches = new ArrayList<>();
        for (ClassModel model : Sources.mainClasses()) {
            String name = model.thisClass().asInternalName();
            if (MONEY_PACKAGES.stream().anyMatch(p -> packageOf(name).equals(p))) {
                for (MethodModel method : model.methods()) {
                    method.code()
                            .ifPresent(code -> {
                                for (CodeElement element : code) {
                                    if (element instanceof Instruction instruction
                                            && isFloating(instruction)) {
                                        breaches.add(name + "." + method.methodName());
                                    }
                                }
                            });
                }
            }
        }
        assertNone(breaches, "float or double instructions near money");
    }

    @Test
    void bannedCalls_areAbsent() {
        List<String> breaches = new ArrayList<>();
        for (ClassModel model : Sources.mainClasses()) {
            String name = model.thisClass().asInternalName();
            for (PoolEntry entry : model.constantPool()) {
                if (entry instanceof MemberRefEntry member) {
                    String call =
                            member.owner().asInternalName() + "." + member.name().stringValue();
                    if (BANNED_CALLS.containsKey(call)) {
                        breaches.add(name + ": " + call + "; use " + BANNED_CALLS.get(call));
                    }
                    if (MAIN_ONLY_CALLS.contains(call) && !name.endsWith("/Main")) {
                        breaches.add(name + ": " + call + " belongs into Main");
                    }
                }
            }
        }
        assertNone(breaches, "banned calls");
    }

    @Test
    void signatures_withFutures_areAbsent() {
        List<String> breaches = new ArrayList<>();
        for (ClassModel model : Sources.mainClasses()) {
            for (MethodModel method : model.methods()) {
                if (method.methodType().stringValue().contains("CompletableFuture")) {
                    breaches.add(model.thisClass().asInternalName() + "." + method.methodName());
                }
            }
        }
        assertNone(breaches, "futures in signatures; write blocking code on virtual threads");
    }

    @Test
    void sources_bannedWords_areAbsent() {
        Map<Pattern, String> banned =
                Map.of(
                        Pattern.compile("\\bsynchronized\\b"), "a ReentrantLock",
                        Pattern.compile("catch \\(Throwable\\b"), "a narrower type",
                        Pattern.compile("\\b(TODO|FIXME|XXX)\\b"), "an issue");
        List<String> breaches = new ArrayList<>();
        for (Sources.SourceFile file : Sources.mainSources()) {
            banned.forEach((pattern, instead) -> {
                boolean exempt =
                        pattern.pattern().contains("Throwable")
                                && CALLS_METHOD_HANDLES.contains("" + file.path().getFileName());
                if (!exempt && pattern.matcher(file.text()).find()) {
                    breaches.add(file.path() + ": " + pattern + "; use " + instead);
                }
            });
        }
        assertNone(breaches, "banned words");
    }

    @Test
    void tests_sleepOrAreSwitchedOff_isAbsent() {
        Pattern banned = Pattern.compile("Thread\\.sleep|@Disabled|\\bMockito\\b|@Mock\\b");
        List<String> breaches = new ArrayList<>();
        for (Sources.SourceFile file : Sources.testSources()) {
            if (!file.path().endsWith("HouseRulesTest.java")
                    && banned.matcher(file.text()).find()) {
                breaches.add(file.path().toString());
            }
        }
        assertNone(breaches, "tests that sleep, mock or are switched off");
    }

    @Test
    void methods_length_staysUnderTheLimit() {
        List<Sources.SourceFile> files = new ArrayList<>(Sources.mainSources());
        files.addAll(Sources.testSources());
        List<String> breaches =
                Sources.methods(files).stream()
                        .filter(method -> method.lines() > METHOD_LINES_MAX)
                        .map(m -> m.where() + " " + m.name() + ": " + m.lines() + " lines")
                        .toList();
        assertNone(breaches, "methods over " + METHOD_LINES_MAX + " lines");
    }

    @Test
    void lines_length_staysUnderTheLimit() {
        List<String> breaches = new ArrayList<>();
        List<Sources.SourceFile> files = new ArrayList<>(Sources.mainSources());
        files.addAll(Sources.testSources());
        for (Sources.SourceFile file : files) {
            int number = 0;
            for (String line : file.text().split("\n", -1)) {
                number++;
                if (line.length() > LINE_CHARS_MAX && !line.contains("import ")) {
                    breaches.add(file.path() + ":" + number);
                }
            }
        }
        assertNone(breaches, "lines over " + LINE_CHARS_MAX + " characters");
    }

    @Test
    void types_haveAComment() {
        List<String> breaches =
                Sources.types(Sources.mainSources()).stream()
                        .filter(type -> !type.documented())
                        .map(type -> type.where() + " " + type.name())
                        .toList();
        assertNone(breaches, "types without a comment that says what they are");
    }

    @Test
    void packages_haveAPackageInfo() {
        Map<String, List<Sources.SourceFile>> byFolder =
                Sources.mainSources().stream()
                        .filter(file -> !file.path().endsWith("module-info.java"))
                        .collect(groupingBy(file -> String.valueOf(file.path().getParent())));
        List<String> breaches =
                byFolder.entrySet().stream()
                        .filter(folder ->
                                folder.getValue().stream()
                                        .noneMatch(
                                                file -> file.path().endsWith("package-info.java")))
                        .map(Map.Entry::getKey)
                        .toList();
        assertNone(breaches, "packages without package-info.java");
    }

    @Test
    void rules_readEverything() {
        assertFalse(
                Sources.mainClasses().isEmpty(), "no class files: run mvn verify from the root");
        Set<String> modules =
                Sources.mainSources().stream()
                        .map(file -> file.path().getName(0).toString())
                        .collect(toSet());
        assertEquals(Set.copyOf(Sources.MODULES), modules);
    }

    private static Set<String> referencedPackages(ClassModel model) {
        Set<String> packages = new TreeSet<>();
        for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof ClassEntry type) {
                packages.add(packageOf(elementType(type.asInternalName())));
            }
        }
        descriptorTypes(model).forEach(type -> packages.add(packageOf(type)));
        packages.remove(packageOf(model.thisClass().asInternalName()));
        packages.remove("");
        return packages;
    }

    private static final Pattern TYPE_IN_DESCRIPTOR = Pattern.compile("L([\\w/$]+);");

    private static Set<String> descriptorTypes(ClassModel model) {
        Set<String> types = new HashSet<>();
        model.methods().forEach(method -> addTypes(method.methodType().stringValue(), types));
        model.fields().forEach(field -> addTypes(field.fieldType().stringValue(), types));
        return types;
    }

    private static void addTypes(String descriptor, Set<String> types) {
        TYPE_IN_DESCRIPTOR.matcher(descriptor).results().forEach(r -> types.add(r.group(1)));
    }

    private static String elementType(String internalName) {
        if (!internalName.startsWith("[")) {
            return internalName;
        }
        String element = internalName.substring(internalName.lastIndexOf('[') + 1);
        return element.startsWith("L") ? element.substring(1, element.length() - 1) : "";
    }

    private static String outermost(String internalName) {
        String type = elementType(internalName);
        int dollar = type.indexOf('$');
        return dollar < 0 ? type : type.substring(0, dollar);
    }

    private static String packageOf(String internalName) {
        int slash = internalName.lastIndexOf('/');
        return slash < 0 ? "" : internalName.substring(0, slash).replace('/', '.');
    }

    private static boolean isFloating(Instruction instruction) {
        return switch (instruction) {
            case LoadInstruction load -> isFloating(load.typeKind());
            case StoreInstruction store -> isFloating(store.typeKind());
            case OperatorInstruction operator -> isFloating(operator.typeKind());
            case ConvertInstruction convert ->
                    isFloating(convert.fromType()) || isFloating(convert.toType());
            case ArrayLoadInstruction array -> isFloating(array.typeKind());
            case ReturnInstruction result -> isFloating(result.typeKind());
            default -> false;
        };
    }

    private static boolean isFloating(TypeKind kind) {
        return kind == TypeKind.FLOAT || kind == TypeKind.DOUBLE;
    }

    private static void assertNone(List<String> breaches, String what) {
        String list = breaches.stream().distinct().sorted().collect(Collectors.joining("\n  "));
        assertTrue(list.isEmpty(), () -> what + ":\n  " + list);
    }
}
