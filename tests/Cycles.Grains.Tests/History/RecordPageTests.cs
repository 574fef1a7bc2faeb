using System.Security.Cryptography;
using CsCheck;
using Cycles.Grains.History;

namespace Cycles.Grains.Tests.History;

public sealed class RecordPageTests
{
    [Fact]
    public void Each_record_comes_back_as_it_was() => Gen.Byte.Array[0, 300].Array[1, 40].Sample(records =>
    {
        var page = RecordPage.Write(records);
        for (var last = 0; last < records.Length; last++)
        {
            var read = new List<byte[]>();
            RecordPage.Read(page, last, (_, record) => read.Add(record.ToArray()));
            Assert.Equal(records[..(last + 1)], read);
        }
    });

    [Theory]
    [InlineData(1_000, 32)]
    [InlineData(16_000, 32)]
    [InlineData(40_000, 8)]
    [InlineData(3_000_000, 1)]
    public void Large_records_have_small_pages(int length, int inPage)
    {
        var batch = RecordBatch.Name([.. Enumerable.Repeat(length, 100)]);
        Assert.Equal(inPage, RecordBatch.RecordsInPage(batch));
        Assert.Equal(99, (RecordBatch.PageOf(batch, 99) * inPage) + RecordBatch.SlotOf(batch, 99));
    }

    [Fact]
    public void What_cannot_be_compressed_is_kept_all_the_same()
    {
        var record = RandomNumberGenerator.GetBytes(100_000);
        RecordPage.Read(RecordPage.Write([record]), 0, (_, read) => Assert.Equal(record, read.ToArray()));
    }
}
