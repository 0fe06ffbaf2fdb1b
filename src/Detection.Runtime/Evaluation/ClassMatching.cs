// What became of every detection of a class: the matching that average precision, curves and galleries are made from.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>What a detection came to.</summary>
internal enum MatchOutcome
{
    /// <summary>It found an object first.</summary>
    Hit,

    /// <summary>It found a difficult object: neither right nor wrong.</summary>
    Ignored,

    /// <summary>It found an object that had been found, or none.</summary>
    Wrong,
}

/// <summary>Detections of a class by falling score, with what they came to.</summary>
/// <param name="ClassIndex">The class.</param>
/// <param name="Detections">The detections, equal scores in the order given.</param>
/// <param name="Outcomes">What each came to.</param>
/// <param name="Found">Position in <paramref name="Truth"/> of the object that each hit or ignored detection found; -1 for a wrong one.</param>
/// <param name="Truth">The objects, in the order given.</param>
/// <param name="Objects">Number of objects that are not difficult.</param>
internal sealed record ClassMatching(
    int ClassIndex, ScoredDetection[] Detections, MatchOutcome[] Outcomes, int[] Found, LabelledObject[] Truth, int Objects)
{
    /// <summary>Recall, precision and score after each detection that counts; recall is 0 where there are no objects.</summary>
    public OperatingPoint[] Curve()
    {
        var points = new List<OperatingPoint>(Detections.Length);
        var (hits, errors) = (0, 0);
        for (var i = 0; i < Detections.Length; i++)
        {
            if (Outcomes[i] == MatchOutcome.Ignored)
            {
                continue;
            }
            hits += Outcomes[i] == MatchOutcome.Hit ? 1 : 0;
            errors += Outcomes[i] == MatchOutcome.Wrong ? 1 : 0;
            points.Add(new OperatingPoint((float)Detections[i].Score, Objects == 0 ? 0 : (double)hits / Objects, (double)hits / (hits + errors)));
        }
        return [.. points];
    }

    /// <summary>The class's figures.</summary>
    /// <param name="name">Name of the class.</param>
    /// <param name="rule">How the area under the curve is taken.</param>
    public ClassAveragePrecision Score(string name, AveragePrecisionRule rule)
    {
        var curve = Curve();
        var average = Objects == 0 ? double.NaN : VocAveragePrecision.AreaUnder([.. curve.Select(p => p.Recall)], [.. curve.Select(p => p.Precision)], rule);
        var hits = Outcomes.Count(o => o == MatchOutcome.Hit);
        return new ClassAveragePrecision(
            ClassIndex, name, average, Objects, hits, Outcomes.Count(o => o == MatchOutcome.Wrong), Objects == 0 ? double.NaN : (double)hits / Objects);
    }

    /// <summary>Objects that no detection of at least a score has found, difficult ones left out.</summary>
    /// <param name="from">The score.</param>
    public IEnumerable<LabelledObject> Missed(float from)
    {
        var found = new bool[Truth.Length];
        for (var i = 0; i < Detections.Length && (float)Detections[i].Score >= from; i++)
        {
            if (Found[i] >= 0)
            {
                found[Found[i]] = true;
            }
        }
        return Truth.Where((o, i) => !o.Difficult && !found[i]);
    }
}
