package io.lossforge.admission;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The operators of the ONNX standard that are taken: those that answer the same for the same sample, work on tensors of numbers and end
 * after a number of steps that the shapes decide.
 */
final class Operators {

    /** As files call the standard's operators, beside the empty name. */
    static final String STANDARD = "ai.onnx";

    /** The standard's operators of classical models. */
    static final String CLASSICAL = "ai.onnx.ml";

    private static final Set<String> TAKEN =
            Set.of(("Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool"
                            + " BatchNormalization BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast CastLike Ceil Celu CenterCropPad"
                            + " Clip Col2Im Compress Concat Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumSum DeformConv"
                            + " DepthToSpace DequantizeLinear Det DFT Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand"
                            + " EyeLike Flatten Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool"
                            + " GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization HardSigmoid HardSwish Hardmax Identity If"
                            + " InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax"
                            + " LpNormalization LpPool MatMul MatMulInteger Max MaxPool Mean MeanVarianceNormalization Min Mish Mod Mul Neg"
                            + " NonZero Not OneHot Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear RMSNormalization RNN Range"
                            + " Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum"
                            + " ReduceSumSquare Relu Reshape Resize ReverseSequence RotaryEmbedding Round STFT Scatter ScatterElements"
                            + " ScatterND Selu Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt"
                            + " Squeeze Sub Sum Swish Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor")
                    .split(" "));

    private static final Set<String> TAKEN_CLASSICAL = Set.of(
            "ArrayFeatureExtractor",
            "Binarizer",
            "FeatureVectorizer",
            "Imputer",
            "LinearClassifier",
            "LinearRegressor",
            "Normalizer",
            "SVMClassifier",
            "SVMRegressor",
            "Scaler",
            "TreeEnsemble",
            "TreeEnsembleClassifier",
            "TreeEnsembleRegressor");

    private static final Map<String, List<String>> REASONS = Map.of(
            "might never end: export the network without loops",
            List.of("Loop", "Scan", "SequenceMap"),
            "answers differently for the same sample: export the network for inference",
            List.of(
                    "Bernoulli",
                    "Multinomial",
                    "RandomNormal",
                    "RandomNormalLike",
                    "RandomUniform",
                    "RandomUniformLike"),
            "gives a list of maps: export with zipmap off, as in skl2onnx's options={'zipmap': False}",
            List.of("ZipMap", "CastMap", "DictVectorizer"));

    /** Which inputs decide how large the output is, by operator. */
    private static final Map<String, List<Integer>> SIZES = Map.ofEntries(
            Map.entry("AffineGrid", List.of(1)),
            Map.entry("CenterCropPad", List.of(1)),
            Map.entry("Col2Im", List.of(1, 2)),
            Map.entry("Compress", List.of(1)),
            Map.entry("ConstantOfShape", List.of(0)),
            Map.entry("DFT", List.of(1, 2)),
            Map.entry("Expand", List.of(1)),
            Map.entry("If", List.of(0)),
            Map.entry("NonZero", List.of(0)),
            Map.entry("OneHot", List.of(1)),
            Map.entry("Pad", List.of(1, 3)),
            Map.entry("Range", List.of(0, 1, 2)),
            Map.entry("Reshape", List.of(1)),
            Map.entry("Resize", List.of(1, 2, 3)),
            Map.entry("STFT", List.of(1, 3)),
            Map.entry("Slice", List.of(1, 2, 3, 4)),
            Map.entry("Split", List.of(1)),
            Map.entry("Squeeze", List.of(1)),
            Map.entry("Tile", List.of(1, 2)),
            Map.entry("TopK", List.of(1)),
            Map.entry("Unsqueeze", List.of(1)),
            Map.entry("Upsample", List.of(1)));

    private Operators() {}

    static boolean isStandard(String domain) {
        return domain.isEmpty() || domain.equals(STANDARD);
    }

    /** Why an operator of the standard's domains is not taken; null if it is. */
    static @Nullable String refusal(String domain, String operator) {
        if ((isStandard(domain) ? TAKEN : TAKEN_CLASSICAL).contains(operator)) {
            return null;
        }
        return REASONS.entrySet().stream()
                .filter(reason -> reason.getValue().contains(operator))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(
                        "is not among the operators that are taken: those of the ONNX standard that turn tensors of numbers"
                                + " into tensors of numbers");
    }

    /** Whether an input of an operator decides how large the output is, or which part of the graph runs. */
    static boolean decidesSize(String operator, int input) {
        return operator.startsWith("Reduce")
                ? input == 1
                : SIZES.getOrDefault(operator, List.of()).contains(input);
    }
}
