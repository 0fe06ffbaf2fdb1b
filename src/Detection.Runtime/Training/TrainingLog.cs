// The log of a run as a CSV file: appended row by row; a resumed run drops what its checkpoint has not seen.
using System.Globalization;
using System.Text;

namespace Detection.Runtime;

internal sealed class TrainingLog : IDisposable
{
    private const string Header = "iteration,epochs,seconds,learning_rate,loss,classification_loss,localisation_loss,map";
    private readonly List<TrainingLogRow> rows;
    private readonly FileStream file;

    private TrainingLog(List<TrainingLogRow> rows, FileStream file) => (this.rows, this.file) = (rows, file);

    public IReadOnlyList<TrainingLogRow> Rows => rows;

    /// <summary>Opens the log of a run that has done so many iterations; later rows and torn ones go.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static TrainingLog Open(string path, long iterations)
    {
        List<TrainingLogRow> kept = iterations > 0 && File.Exists(path) ? [.. Read(path).Where(row => row.Iteration <= iterations)] : [];
        AtomicFile.Write(path, stream =>
        {
            stream.Write(Encoding.ASCII.GetBytes(Header + "\n"));
            foreach (var row in kept)
            {
                stream.Write(Line(row));
            }
        }, durable: false);
        return new TrainingLog(kept, new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));
    }

    /// <summary>Rows of a log; lines that are not whole are left out.</summary>
    public static IEnumerable<TrainingLogRow> Read(string path)
    {
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            if (Parse(line.Split(',')) is { } row)
            {
                yield return row;
            }
        }
    }

    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Append(TrainingLogRow row)
    {
        rows.Add(row);
        file.Write(Line(row));
    }

    public void Dispose() => file.Dispose();

    private static byte[] Line(TrainingLogRow row) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Iteration},{row.Epochs:0.####},{row.Seconds:0.###},{row.LearningRate:R},{row.Loss:R},{row.ClassificationLoss:R},{row.LocalisationLoss:R},{row.MeanAveragePrecision:0.######}\n"));

    private static TrainingLogRow? Parse(string[] cells)
    {
        var numbers = new double[7];
        if (cells.Length != 8)
        {
            return null;
        }
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!double.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }
        double? score = double.TryParse(cells[7], NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        return new TrainingLogRow((long)numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], score);
    }
}
