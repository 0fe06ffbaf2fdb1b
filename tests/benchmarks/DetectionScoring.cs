// COCO's protocol at the size of its validation set: 5,000 images, 80 categories, 100 detections in each image; reading the files and scoring them.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Detection.Runtime;

namespace Detection.Benchmarks;

internal static class DetectionScoring
{
    public static void Run(int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("detection-scoring-");
        try
        {
            var (truth, found) = (Path.Combine(folder.FullName, "truth.json"), Path.Combine(folder.FullName, "found.json"));
            Write(truth, found, images: 5000, categories: 80, objects: 7, detections: 100);
            var (reading, scoring) = (new List<double>(), new List<double>());
            CocoScores? scores = null;
            for (var round = 0; round < rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                var (annotations, detections) = (CocoFiles.ReadGroundTruth(truth), CocoFiles.ReadDetections(found));
                reading.Add(watch.Elapsed.TotalSeconds);
                watch.Restart();
                scores = new CocoProtocol().Evaluate(annotations, detections);
                scoring.Add(watch.Elapsed.TotalSeconds);
            }
            Console.WriteLine($"5,000 images x 80 categories x 100 detections: reading {Statistics.Describe(reading)}, scoring {Statistics.Describe(scoring)}; AP {scores!.AP.ToString("R", CultureInfo.InvariantCulture)}");
            using var peer = PythonPeer.Start("coco_scores.py", 1, truth, found);
            Console.WriteLine(SideBySide.Header.Replace("peer", peer?.Version ?? "peer", StringComparison.Ordinal));
            List<double> theirs = peer is null ? [] : [peer.Seconds()];
            Console.WriteLine(SideBySide.Row("COCO's protocol, 5,000 images x 80 classes x 100 detections, reading included", [.. reading.Zip(scoring, (a, b) => a + b)], theirs, "s"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Write(string truth, string found, int images, int categories, int objects, int detections)
    {
        var random = new Random(1);
        var annotations = new StringBuilder("{\"images\":[");
        annotations.AppendJoin(',', Enumerable.Range(1, images).Select(i => $"{{\"id\":{i}}}"));
        annotations.Append("],\"categories\":[").AppendJoin(',', Enumerable.Range(1, categories).Select(i => $"{{\"id\":{i},\"name\":\"c{i}\"}}")).Append("],\"annotations\":[");
        var results = new StringBuilder("[");
        var id = 0;
        for (var image = 1; image <= images; image++)
        {
            var boxes = new (int Category, double X, double Y, double W, double H)[objects];
            for (var i = 0; i < objects; i++)
            {
                boxes[i] = (random.Next(1, categories + 1), random.NextDouble() * 400, random.NextDouble() * 400, 8 + random.NextDouble() * 200, 8 + random.NextDouble() * 200);
                var (c, x, y, w, h) = boxes[i];
                annotations.Append(CultureInfo.InvariantCulture, $"{(id++ == 0 ? "" : ",")}{{\"id\":{id},\"image_id\":{image},\"category_id\":{c},\"bbox\":[{x:0.##},{y:0.##},{w:0.##},{h:0.##}],\"area\":{w * h * 0.7:0.##},\"iscrowd\":{(random.Next(50) == 0 ? 1 : 0)}}}");
            }
            for (var i = 0; i < detections; i++)
            {
                // Half of them near an object.
                var (c, x, y, w, h) = boxes[random.Next(objects)];
                var near = random.Next(2) == 0;
                var shift = near ? w * 0.1 : 200;
                results.Append(CultureInfo.InvariantCulture, $"{(image == 1 && i == 0 ? "" : ",")}{{\"image_id\":{image},\"category_id\":{(near ? c : random.Next(1, categories + 1))},\"bbox\":[{x + shift * (random.NextDouble() - 0.5):0.##},{y + shift * (random.NextDouble() - 0.5):0.##},{w:0.##},{h:0.##}],\"score\":{random.NextDouble():0.#####}}}");
            }
        }
        File.WriteAllText(truth, annotations.Append("]}").ToString());
        File.WriteAllText(found, results.Append(']').ToString());
    }
}
