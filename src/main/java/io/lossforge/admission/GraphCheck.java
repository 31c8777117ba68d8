package io.lossforge.admission;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks what of a graph is needed for its outputs: operators of the standard only, constants that are whole and in the file, and sizes
 * that depend on the number of samples, but not on what is in them. Then time and memory of a run are those of the trial, whoever sends
 * what later.
 */
final class GraphCheck {

    private static final int DEEPEST = 8;
    private static final int MOST_NODES = 200_000;
    private static final int MOST_LISTED = 10;

    private final Set<String> operators = new TreeSet<>();
    private final Set<String> foreign = new TreeSet<>();
    private int nodes;
    private long parameters;

    private GraphCheck() {}

    /**
     * What is left of a graph.
     *
     * @param nodes those that its outputs need, in their order
     * @param constants likewise
     * @param count nodes, inner graphs included
     * @param parameters numbers in constants
     */
    record Checked(
            List<NodeProto> nodes, List<TensorProto> constants, Set<String> operators, int count, long parameters) {}

    /**
     * Checks a graph.
     *
     * @throws Refusal if it must not be run
     */
    static Checked check(GraphProto graph, String input, Collection<String> outputs) {
        if (graph.getNodeCount() > MOST_NODES) {
            throw Refusal.file("has %d nodes, at most %d are taken", graph.getNodeCount(), MOST_NODES);
        }
        if (graph.getSparseInitializerCount() > 0) {
            throw sparse();
        }
        var needed = new HashSet<>(outputs);
        var nodes = new ArrayList<NodeProto>();
        for (int i = graph.getNodeCount() - 1; i >= 0; i--) { // a node comes after those that it takes from
            var node = graph.getNode(i);
            if (!Collections.disjoint(node.getOutputList(), needed)) {
                nodes.add(node);
                addUses(node, needed, 0);
            }
        }
        Collections.reverse(nodes);
        var check = new GraphCheck();
        var known = new HashMap<String, Boolean>();
        known.put(input, true);
        var constants = graph.getInitializerList().stream()
                .filter(constant -> needed.contains(constant.getName()))
                .toList();
        check.constants(constants, known);
        check.nodes(nodes, known, 0);
        if (!check.foreign.isEmpty()) {
            throw Refusal.file(
                    "uses operators that are not of the ONNX standard: %s; export it with standard operators only, functions"
                            + " inlined",
                    check.foreign.stream().limit(MOST_LISTED).toList());
        }
        for (var output : outputs) {
            if (!Boolean.TRUE.equals(known.get(output))) {
                throw Refusal.file("output %s does not depend on the input", Refusal.named(output));
            }
        }
        return new Checked(nodes, constants, check.operators, check.nodes, check.parameters);
    }

    private static void addUses(NodeProto node, Set<String> uses, int depth) {
        uses.addAll(node.getInputList());
        for (var attribute : node.getAttributeList()) {
            if (attribute.hasG() && depth < DEEPEST) {
                attribute.getG().getNodeList().forEach(inner -> addUses(inner, uses, depth + 1));
                attribute.getG().getOutputList().forEach(output -> uses.add(output.getName()));
            }
        }
    }

    private void constants(List<TensorProto> constants, Map<String, Boolean> known) {
        for (var constant : constants) {
            parameters += TensorCheck.check(constant, constant.getName());
            define(constant.getName(), false, known);
        }
    }

    /** @param known values so far, and whether they depend on what is in the samples */
    private void nodes(List<NodeProto> nodes, Map<String, Boolean> known, int depth) {
        this.nodes += nodes.size();
        if (this.nodes > MOST_NODES) {
            throw Refusal.file("has more than %d nodes", MOST_NODES);
        }
        for (var node : nodes) {
            node(node, known, depth);
        }
    }

    private void node(NodeProto node, Map<String, Boolean> known, int depth) {
        var operator = node.getOpType();
        boolean standard = Operators.isStandard(node.getDomain());
        if (standard || node.getDomain().equals(Operators.CLASSICAL)) {
            var refusal = Operators.refusal(node.getDomain(), operator);
            if (refusal != null) {
                throw Refusal.file("%s %s", shown(node), refusal);
            }
            operators.add(standard ? operator : node.getDomain() + "." + operator);
        } else {
            foreign.add("%s of %s".formatted(Refusal.named(operator), Refusal.named(node.getDomain())));
        }
        boolean depends = depends(node, known);
        for (var attribute : node.getAttributeList()) {
            depends |= attribute(node, attribute, known, depth);
        }
        for (var output : node.getOutputList()) {
            if (!output.isEmpty()) {
                define(output, depends && !Set.of("Shape", "Size").contains(operator), known);
            }
        }
    }

    private static boolean depends(NodeProto node, Map<String, Boolean> known) {
        boolean depends = false;
        for (int i = 0; i < node.getInputCount(); i++) {
            var name = node.getInput(i);
            if (name.isEmpty()) {
                continue;
            }
            var input = known.get(name);
            if (input == null) {
                throw Refusal.file("%s takes %s, which nothing before it gives", shown(node), Refusal.named(name));
            }
            if (input && Operators.decidesSize(node.getOpType(), i)) {
                throw Refusal.file(
                        "%s gives tensors whose size depends on what is in the samples: a run would have no bound; export the"
                                + " network with sizes that depend on the batch alone",
                        shown(node));
            }
            depends |= input;
        }
        return depends;
    }

    private boolean attribute(NodeProto node, AttributeProto attribute, Map<String, Boolean> known, int depth) {
        var name = "%s of %s".formatted(attribute.getName(), node.getOpType());
        if (attribute.hasSparseTensor() || attribute.getSparseTensorsCount() > 0) {
            throw sparse();
        }
        if (!attribute.getRefAttrName().isEmpty()) {
            throw Refusal.file(
                    "%s refers to an attribute of a function: inline functions before the export", shown(node));
        }
        if (attribute.hasT()) {
            parameters += TensorCheck.check(attribute.getT(), name);
        }
        attribute.getTensorsList().forEach(tensor -> parameters += TensorCheck.check(tensor, name));
        if (attribute.getGraphsCount() > 0
                || attribute.hasG() && !node.getOpType().equals("If")) {
            throw Refusal.file("%s has a graph inside, which only If may", shown(node));
        }
        return attribute.hasG() && inner(attribute.getG(), known, depth + 1);
    }

    /** @return whether what it gives depends on what is in the samples */
    private boolean inner(GraphProto graph, Map<String, Boolean> known, int depth) {
        if (depth > DEEPEST) {
            throw Refusal.file("has graphs inside graphs, more than %d deep", DEEPEST);
        }
        if (graph.getSparseInitializerCount() > 0) {
            throw sparse();
        }
        if (graph.getInputCount() > 0) {
            throw Refusal.file("has a branch of If that takes inputs, which ONNX has not");
        }
        var inside = new HashMap<>(known);
        constants(graph.getInitializerList(), inside);
        nodes(graph.getNodeList(), inside, depth);
        boolean depends = false;
        for (var output : graph.getOutputList()) {
            var value = inside.get(output.getName());
            if (value == null) {
                throw Refusal.file(
                        "has a branch that gives %s, which nothing in it makes", Refusal.named(output.getName()));
            }
            depends |= value;
        }
        return depends;
    }

    private static void define(String name, boolean depends, Map<String, Boolean> known) {
        if (name.isEmpty() || known.put(name, depends) != null) {
            throw Refusal.file("gives %s twice: the file is damaged, export it again", Refusal.named(name));
        }
    }

    private static Refusal sparse() {
        return Refusal.file("has sparse constants: export it with dense ones");
    }

    private static String shown(NodeProto node) {
        return node.getName().isEmpty()
                ? "operator %s".formatted(Refusal.named(node.getOpType()))
                : "operator %s (node %s)".formatted(Refusal.named(node.getOpType()), Refusal.named(node.getName()));
    }
}
