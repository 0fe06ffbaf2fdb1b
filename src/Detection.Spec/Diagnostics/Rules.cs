// Every problem the compiler can report, in the order of its phases. Ids are stable: never reuse one.
// A new rule also takes a page under docs/diagnostics and a line in generators/Detection.Gen/AnalyzerReleases.Unshipped.md; a test says what is missing.
using System.Collections.Immutable;
using System.Reflection;

namespace Detection.Spec.Diagnostics;

/// <summary>The descriptors of all spec diagnostics.</summary>
public static class Rules
{
    private static readonly Lazy<ImmutableArray<SpecDiagnosticDescriptor>> Declared = new(() =>
    [
        .. typeof(Rules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<SpecDiagnosticDescriptor>()
            .OrderBy(d => d.Id, StringComparer.Ordinal),
    ]);

    /// <summary>All of them, in the order of their ids.</summary>
    public static ImmutableArray<SpecDiagnosticDescriptor> All => Declared.Value;

    // Text and syntax: DG00xx
    /// <summary>The text is not YAML.</summary>
    public static readonly SpecDiagnosticDescriptor YamlSyntax = new("DG0001", "The text is not YAML", "{0}");

    /// <summary>The document is too large, too deep or has too many nodes.</summary>
    public static readonly SpecDiagnosticDescriptor LimitExceeded = new("DG0002", "The document exceeds a limit", "{0}");

    /// <summary>A YAML feature that specs do without.</summary>
    public static readonly SpecDiagnosticDescriptor UnsupportedYaml = new("DG0003", "YAML feature that specs do not have", "{0}");

    /// <summary>A map has a key twice.</summary>
    public static readonly SpecDiagnosticDescriptor DuplicateKey = new("DG0004", "Duplicate key", "The key '{0}' stands in this map already, at line {1}");

    /// <summary>The file does not begin as a spec.</summary>
    public static readonly SpecDiagnosticDescriptor NotASpec = new(
        "DG0005",
        "Not a spec",
        "{0}; a spec is a map with 'spec: 1' and 'model: NAME'. If this file is not one, take it out with <DetectionSpec Remove=\"...\" />");

    // Keys and values: DG01xx
    /// <summary>A key that the place does not have.</summary>
    public static readonly SpecDiagnosticDescriptor UnknownKey = new("DG0101", "Unknown key", "'{0}' is not a key of {1}.{2}");

    /// <summary>A value of the wrong kind.</summary>
    public static readonly SpecDiagnosticDescriptor WrongType = new("DG0102", "Wrong kind of value", "'{0}' must be {1}, but here is {2}");

    /// <summary>A key is missing.</summary>
    public static readonly SpecDiagnosticDescriptor MissingKey = new("DG0103", "Missing key", "{0} needs the key '{1}'");

    /// <summary>A number outside what it may be.</summary>
    public static readonly SpecDiagnosticDescriptor OutOfRange = new("DG0104", "Value out of range", "'{0}' is {1}, but must be {2}");

    /// <summary>A word that is none of the allowed ones.</summary>
    public static readonly SpecDiagnosticDescriptor UnknownValue = new("DG0105", "Unknown value", "'{0}' is no value of '{1}'; it may be {2}.{3}");

    /// <summary>A name that cannot be a name.</summary>
    public static readonly SpecDiagnosticDescriptor BadName = new("DG0106", "Not a name", "'{0}' cannot name {1}: {2}");

    /// <summary>Initial values of a tensor that is not there, or that say two things at once.</summary>
    public static readonly SpecDiagnosticDescriptor Initialization = new("DG0107", "Initial values do not fit", "{0}");

    // Names: DG02xx
    /// <summary>An operator, block or model that does not exist.</summary>
    public static readonly SpecDiagnosticDescriptor UnknownOperator = new("DG0201", "Unknown operator", "There is no operator, block or model '{0}'.{1}");

    /// <summary>A node that does not exist, or stands later.</summary>
    public static readonly SpecDiagnosticDescriptor UnknownNode = new("DG0202", "Unknown node", "There is no node '{0}'{1}.{2}");

    /// <summary>Two specs declare the same model.</summary>
    public static readonly SpecDiagnosticDescriptor DuplicateModel = new("DG0203", "Model declared twice", "The model '{0}' is declared in {1} already");

    /// <summary>A parameter that does not exist.</summary>
    public static readonly SpecDiagnosticDescriptor UnknownParameter = new("DG0204", "Unknown parameter", "'{0}' is not an attribute or parameter of {1}.{2}");

    /// <summary>Something refers to itself.</summary>
    public static readonly SpecDiagnosticDescriptor Cycle = new("DG0205", "Cycle", "{0} refers to itself: {1}");

    /// <summary>A node has several outputs and one must be chosen, or the chosen one does not exist.</summary>
    public static readonly SpecDiagnosticDescriptor UnknownTap = new("DG0206", "Unknown output", "'{0}' has {1}.{2}");

    /// <summary>A name that would hide another.</summary>
    public static readonly SpecDiagnosticDescriptor NameTaken = new("DG0207", "Name taken", "'{0}' is {1} already; choose another name");

    /// <summary>A model that is used as a part does not compile.</summary>
    public static readonly SpecDiagnosticDescriptor PartFailed = new("DG0208", "Part does not compile", "The model '{0}' does not compile here: {1}");

    /// <summary>Two tensors would have the same key in a state dict.</summary>
    public static readonly SpecDiagnosticDescriptor KeyTaken = new(
        "DG0209", "Tensor key taken", "The tensor key '{0}' of the node '{1}' belongs to '{2}' already; give the node a 'key' of its own");

    /// <summary>Two models would have the same class.</summary>
    public static readonly SpecDiagnosticDescriptor ClassTaken = new(
        "DG0210", "Class name taken", "The class {0} of '{1}' is that of '{2}' already; give one of them a 'class' of its own");

    /// <summary>A node cannot use the weights of another.</summary>
    public static readonly SpecDiagnosticDescriptor Sharing = new("DG0211", "Weights cannot be shared", "'{0}' cannot share the weights of '{1}': {2}");

    // Expressions: DG03xx
    /// <summary>An expression that does not parse.</summary>
    public static readonly SpecDiagnosticDescriptor ExpressionSyntax = new("DG0301", "Expression does not parse", "{0} in the expression '{1}'");

    /// <summary>A name that an expression does not know.</summary>
    public static readonly SpecDiagnosticDescriptor ExpressionName = new("DG0302", "Unknown name in an expression", "The expression '{0}' does not know '{1}'; it knows {2}.{3}");

    /// <summary>An expression without a value.</summary>
    public static readonly SpecDiagnosticDescriptor ExpressionValue = new("DG0303", "Expression has no value", "The expression '{0}' has no value: {1}");

    // Inheritance: DG04xx
    /// <summary>The model that is extended does not exist.</summary>
    public static readonly SpecDiagnosticDescriptor UnknownBase = new("DG0401", "Unknown base model", "There is no model '{0}' to extend.{1}");

    /// <summary>An override touches something that the base does not have.</summary>
    public static readonly SpecDiagnosticDescriptor OverrideMisses = new("DG0402", "Override of nothing", "{0} has no '{1}' {2}.{3}");

    /// <summary>A merge verb in the wrong place or form.</summary>
    public static readonly SpecDiagnosticDescriptor VerbMisused = new("DG0403", "Merge verb misused", "{0}");

    /// <summary>A grid has no such axis, value or text.</summary>
    public static readonly SpecDiagnosticDescriptor UnknownAxis = new("DG0404", "Unknown axis or value", "{0}.{1}");

    /// <summary>Two models of a grid would share a name.</summary>
    public static readonly SpecDiagnosticDescriptor GridNames = new(
        "DG0405", "Models of a grid share a name", "'{0}' would name the models of ({1}) and of ({2}); put {{{3}}} into 'model'");

    /// <summary>A grid without models, or with too many.</summary>
    public static readonly SpecDiagnosticDescriptor GridSize = new("DG0406", "Grid is empty or too large", "{0}");

    /// <summary>A patch of something that has no nodes, or of what a patch cannot change.</summary>
    public static readonly SpecDiagnosticDescriptor PatchMisused = new("DG0407", "Patch misused", "{0}");

    // Shapes: DG05xx
    /// <summary>Channel counts that do not fit.</summary>
    public static readonly SpecDiagnosticDescriptor Channels = new("DG0501", "Channels do not fit", "{0}");

    /// <summary>Spatial sizes that differ for some allowed input.</summary>
    public static readonly SpecDiagnosticDescriptor SpatialMismatch = new("DG0502", "Feature maps differ in size", "{0}");

    /// <summary>A feature map that vanishes for some allowed input.</summary>
    public static readonly SpecDiagnosticDescriptor EmptyFeature = new("DG0503", "Feature map vanishes", "{0}");

    /// <summary>Too many or too few inputs.</summary>
    public static readonly SpecDiagnosticDescriptor InputCount = new("DG0504", "Wrong number of inputs", "{0} takes {1}, but is given {2}");

    /// <summary>A vector where a feature map is needed, or the other way round.</summary>
    public static readonly SpecDiagnosticDescriptor WrongRank = new("DG0505", "Wrong rank", "{0} takes {1}, but '{2}' is {3}");

    /// <summary>A rule of an operator that the spec declares does not hold.</summary>
    public static readonly SpecDiagnosticDescriptor OperatorRule = new("DG0506", "Rule of an operator does not hold", "{0}");

    /// <summary>Values of images and of regions are mixed.</summary>
    public static readonly SpecDiagnosticDescriptor Regions = new("DG0507", "Images and regions do not go together", "{0}");

    // Detection: DG06xx
    /// <summary>A part of a detector is wrong.</summary>
    public static readonly SpecDiagnosticDescriptor Detector = new("DG0601", "Detector is incomplete", "{0}");

    /// <summary>A head has the wrong number of channels.</summary>
    public static readonly SpecDiagnosticDescriptor HeadChannels = new("DG0602", "Head has the wrong channels", "The head '{0}' of level '{1}' has {2} channels, but needs {3}: {4} for each of {5} boxes in a cell");

    // Expectations: DG07xx
    /// <summary>An expectation does not hold.</summary>
    public static readonly SpecDiagnosticDescriptor ExpectationFailed = new("DG0701", "Expectation does not hold", "Expected {0} = {1}, but it is {2}{3}");

    /// <summary>An expectation without its source.</summary>
    public static readonly SpecDiagnosticDescriptor ExpectationWithoutSource = new(
        "DG0702", "Expectation without source", "'expect' should name the 'source' of its figures", SpecSeverity.Warning);

    // Weights of others: DG08xx
    /// <summary>A weight map names a tensor that the model does not have.</summary>
    public static readonly SpecDiagnosticDescriptor UnknownTensor = new("DG0801", "Unknown tensor", "No tensor of the model has '{0}' as its key or as the first words of it.{1}");

    /// <summary>A weight map forgets tensors of the model.</summary>
    public static readonly SpecDiagnosticDescriptor WeightsMissed = new(
        "DG0802", "Weight map misses tensors", "The weight map '{0}' does not reach {1} of the model's tensors: {2}; map them, or list them under 'new'");

    /// <summary>A weight map fills a tensor from two places.</summary>
    public static readonly SpecDiagnosticDescriptor WeightsTwice = new(
        "DG0803", "Weight map is ambiguous", "'{0}' would come from two tensors by the weight map '{1}': '{2}' and '{3}'");

    // Lint: DG09xx, and DG0702 above; reported by the analyzer, of models that compile
    /// <summary>A default box that its head cannot see whole.</summary>
    public static readonly SpecDiagnosticDescriptor AnchorBeyondField = new(
        "DG0901", "Default box larger than the receptive field", "The level '{0}' has default boxes of {1} pixels, but its scores see {2} pixels of the input", SpecSeverity.Warning);

    /// <summary>Outputs of a part that are computed for nothing.</summary>
    public static readonly SpecDiagnosticDescriptor UnusedOutput = new(
        "DG0902", "Output computed for nothing", "Nothing takes {0} of '{1}', but it is computed; take it, or use a variant of the part that ends earlier", SpecSeverity.Warning);

    /// <summary>A node whose value reaches no output.</summary>
    public static readonly SpecDiagnosticDescriptor DeadNode = new(
        "DG0903", "Dead node", "The value of '{0}' reaches no output", SpecSeverity.Warning);

    /// <summary>An override that says what the base says.</summary>
    public static readonly SpecDiagnosticDescriptor OverrideWithoutEffect = new(
        "DG0904", "Override without effect", "'{0}' has this value in the base model '{1}' already", SpecSeverity.Warning);

    /// <summary>A parameter that nothing uses.</summary>
    public static readonly SpecDiagnosticDescriptor UnusedParameter = new(
        "DG0905", "Unused parameter", "The parameter '{0}' of {1} is used nowhere", SpecSeverity.Warning);

    /// <summary>A block that nothing uses.</summary>
    public static readonly SpecDiagnosticDescriptor UnusedBlock = new(
        "DG0906", "Unused block", "The block '{0}' is used nowhere", SpecSeverity.Warning);

    /// <summary>A default box that stands twice in a cell.</summary>
    public static readonly SpecDiagnosticDescriptor RepeatedAnchor = new(
        "DG0907", "Repeated default box", "The level '{0}' has the default box of {1} pixels {2} times in each cell", SpecSeverity.Warning);

    /// <summary>An activation that changes nothing.</summary>
    public static readonly SpecDiagnosticDescriptor IdleActivation = new(
        "DG0908", "Activation without effect", "'{0}' changes nothing: {1} of what {2} gives is the same", SpecSeverity.Warning);

    // The compiler itself: DG0999
    /// <summary>The compiler failed; never the author's fault.</summary>
    public static readonly SpecDiagnosticDescriptor Internal = new("DG0999", "Compiler failure", "The spec compiler failed on this file, which is its own fault: {0}");
}
