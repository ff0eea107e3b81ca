using System.Text;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>Finds every entry that contains a fragment of text, by sweeping all text in memory.</summary>
/// <remarks>
/// Entries lie one after the other as lower-case UTF-8 in blocks of 4 MiB; the runtime's vectorised search reads several gigabytes a
/// second, so a million customers of 60 bytes take some ten milliseconds and no index has to be kept. Not thread-safe.
/// </remarks>
internal sealed class FragmentIndex
{
    private const int BlockBytes = 4 << 20;
    private const byte Separator = (byte)'\n'; // begins an entry; a fragment never holds one

    private readonly List<Block> _blocks = [];
    private readonly Dictionary<long, (Block Block, int Entry)> _places = [];
    private int _deadCount;

    public int Count => _places.Count;

    /// <summary>Adds the entry of an id or puts another text in its place.</summary>
    public void Put(long id, string text)
    {
        Remove(id);
        if (_deadCount > 10_000 && _deadCount > _places.Count / 4) Compact();
        var bytes = Encoding.UTF8.GetBytes(Fold(text));
        var block = _blocks.Count > 0 && _blocks[^1].HasRoomFor(bytes.Length + 1) ? _blocks[^1] : AddBlock(bytes.Length + 1);
        _places[id] = (block, block.Add(id, bytes));
    }

    public void Remove(long id)
    {
        if (!_places.Remove(id, out var place)) return;
        place.Block.Ids[place.Entry] = 0;
        _deadCount++;
    }

    /// <summary>Ids whose text contains the fragment, in the order of their adding, at most <paramref name="limit"/>.</summary>
    public List<long> Find(string fragment, int limit)
    {
        var found = new List<long>();
        var needle = Encoding.UTF8.GetBytes(Fold(fragment));
        if (needle.Length is 0) return found;
        foreach (var block in _blocks)
        {
            block.Find(needle, limit, found);
            if (found.Count >= limit) break;
        }
        return found;
    }

    /// <summary>The text of an entry as it is searched: in lower case.</summary>
    public string TextOf(long id) => _places.TryGetValue(id, out var place) ? Encoding.UTF8.GetString(place.Block.TextOf(place.Entry)) : "";

    public static string Fold(string text) => text.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Replace('\n', ' ');

    private Block AddBlock(int atLeast)
    {
        var block = new Block(Math.Max(BlockBytes, atLeast));
        _blocks.Add(block);
        return block;
    }

    private void Compact()
    {
        var old = _blocks.ToArray();
        _blocks.Clear();
        _places.Clear();
        _deadCount = 0;
        foreach (var from in old)
        {
            for (var entry = 0; entry < from.Ids.Count; entry++)
            {
                if (from.Ids[entry] is not (> 0 and var id)) continue;
                var bytes = from.TextOf(entry);
                var to = _blocks.Count > 0 && _blocks[^1].HasRoomFor(bytes.Length + 1) ? _blocks[^1] : AddBlock(bytes.Length + 1);
                _places[id] = (to, to.Add(id, bytes));
            }
        }
    }

    private sealed class Block(int size)
    {
        private readonly byte[] _text = new byte[size];
        private readonly List<int> _starts = [];
        private int _length;

        /// <summary>Id of each entry; 0 once it is dead.</summary>
        public List<long> Ids { get; } = [];

        public bool HasRoomFor(int bytes) => _length + bytes <= _text.Length;

        public int Add(long id, ReadOnlySpan<byte> text)
        {
            _starts.Add(_length);
            Ids.Add(id);
            _text[_length++] = Separator;
            text.CopyTo(_text.AsSpan(_length));
            _length += text.Length;
            return Ids.Count - 1;
        }

        public ReadOnlySpan<byte> TextOf(int entry)
        {
            var end = entry + 1 < _starts.Count ? _starts[entry + 1] : _length;
            return _text.AsSpan(_starts[entry] + 1, end - _starts[entry] - 1);
        }

        public void Find(ReadOnlySpan<byte> needle, int limit, List<long> found)
        {
            var text = _text.AsSpan(0, _length);
            for (var from = 0; found.Count < limit;)
            {
                var hit = text[from..].IndexOf(needle);
                if (hit < 0) return;
                var entry = _starts.BinarySearch(from + hit);
                if (entry < 0) entry = ~entry - 1;
                if (Ids[entry] > 0) found.Add(Ids[entry]);
                if (entry + 1 >= _starts.Count) return;
                from = _starts[entry + 1]; // one hit an entry is enough
            }
        }
    }
}
