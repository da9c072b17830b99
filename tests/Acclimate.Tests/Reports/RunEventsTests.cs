using System.Globalization;
using System.Text;
using Acclimate.Reports.TensorBoard;
using Acclimate.Runs;
using Acclimate.Tests.Data;

namespace Acclimate.Tests.Reports;

public sealed class RunEventsTests : IDisposable
{
    /// <summary>Reads TFRecords and the few fields by the formats' own descriptions, with a checksum by a table of its own.</summary>
    private const string Reader = """
        import struct, sys
        table = []
        for n in range(256):
            c = n
            for _ in range(8):
                c = (c >> 1) ^ 0x82F63B78 if c & 1 else c >> 1
            table.append(c)
        def masked(data):
            c = 0xFFFFFFFF
            for b in data:
                c = table[(c ^ b) & 0xFF] ^ (c >> 8)
            c ^= 0xFFFFFFFF
            return (((c >> 15) | (c << 17)) + 0xA282EAD8) & 0xFFFFFFFF
        def varint(data, at):
            value = shift = 0
            while True:
                b = data[at]; at += 1
                value |= (b & 0x7F) << shift; shift += 7
                if not b & 0x80: return value, at
        def fields(data):
            at = 0
            while at < len(data):
                key, at = varint(data, at)
                kind = key & 7
                if kind == 0: value, at = varint(data, at)
                elif kind == 1: value, at = data[at:at + 8], at + 8
                elif kind == 5: value, at = data[at:at + 4], at + 4
                elif kind == 2:
                    n, at = varint(data, at); value, at = data[at:at + n], at + n
                else: raise ValueError(kind)
                yield key >> 3, value
        data, at = open(PATH, 'rb').read(), 0
        while at < len(data):
            head = data[at:at + 8]
            (n,) = struct.unpack('<Q', head)
            assert struct.unpack('<I', data[at + 8:at + 12])[0] == masked(head), 'length'
            message = data[at + 12:at + 12 + n]
            assert struct.unpack('<I', data[at + 12 + n:at + 16 + n])[0] == masked(message), 'message'
            at += 16 + n
            event = dict(fields(message))
            time = struct.unpack('<d', event[1])[0]
            assert time > 1e9, time
            if 3 in event: print('version', event[3].decode())
            for key, summary in fields(event.get(5, b'')):
                value = dict(fields(summary))
                print(value[1].decode(), event[2], repr(struct.unpack('<f', value[2])[0]))
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("", 0xE3069283)]
    [InlineData("2", 0)]
    public void MaskedCrc_OfKnownBytes_IsThePublishedOne(string more, uint published)
    {
        // CRC-32C of "123456789" is 0xE3069283 by every catalogue of such sums.
        uint masked = EventFile.MaskedCrc(Encoding.ASCII.GetBytes("123456789" + more)), found = masked - 0xA282EAD8;
        uint crc = (found << 15) | (found >> 17);

        Assert.Equal(more.Length == 0, crc == published);
    }

    [Fact]
    public void Write_ARun_ReadsBackInPythonWithChecksums()
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        run.Create(new RunConfig { Source = "s", Target = "t" });
        File.WriteAllLines(run.Metrics, [
            "{\"step\":10,\"learning_rate\":0.01,\"gradient_norm\":2.5,\"task\":1.5,\"mmd\":0.25,\"mmd.weight\":0.5}",
            "{\"step\":300000,\"validator.snd\":3.5,\"task\":0.75}",
            "{\"step\":300000,\"scoring_only_target_accuracy\":0.625}"]);

        int figures = RunEvents.Write(run, run.TensorBoard);
        RunEvents.Write(run, run.TensorBoard);

        string file = Assert.Single(Directory.GetFiles(run.TensorBoard));
        Assert.Contains("tfevents", file, StringComparison.Ordinal);
        string[] lines = Python.Run("struct", Reader.Replace("PATH", $"'{file}'", StringComparison.Ordinal)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("version brain.Event:2", lines[0]);
        Assert.Equal(figures, lines.Length - 1);
        Assert.Equal(
            ["gradient_norm 10 2.5", "learning_rate 10 0.01", "scoring_only/target_accuracy 300000 0.625", "terms/mmd 10 0.25", "terms/task 10 1.5", "terms/task 300000 0.75", "validators/snd 300000 3.5", "weights/mmd 10 0.5"],
            lines[1..].Select(static line => line.Split(' ')).Select(static parts => $"{parts[0]} {parts[1]} {Math.Round(double.Parse(parts[2], CultureInfo.InvariantCulture), 6).ToString(CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_NoRun_IsRefused() => Assert.Throws<InvalidDataException>(() => RunEvents.Write(new RunFolder(folder), Path.Combine(folder, "events")));
}
