using System.Globalization;
using System.Text;

namespace CampaignPortal.Learning.Text;

/// <summary>Cuts one text after the other; every term is a slice of the text as it was rewritten, so cutting allocates nothing once the buffers have grown (but what the normal form of other than ASCII texts takes).</summary>
/// <remarks>Words are written with single blanks between them and around them, and characters of scripts without blanks side by side: a run of units and a run of
/// characters are then both contiguous. Not thread-safe.</remarks>
internal sealed class TermCutter(TermOptions options)
{
    private const int NegatedWords = 3;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Negations =
        new HashSet<string>(["not", "no", "never", "nt", "cannot", "cant", "dont", "wont", "isnt", "arent", "wasnt", "doesnt", "didnt", "neither", "nor", "without", "hardly"], StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly TermOptions _options = options.Checked();
    private readonly List<Unit> _units = [];
    private readonly List<(int Start, int Length)> _terms = [];
    private char[] _text = new char[256];
    private char[] _normal = new char[256];
    private int _length;
    private int _negated; // words still to be marked

    private enum Script
    {
        Blanks,
        NoBlanks,
    }

    /// <summary>Number of terms of the text cut last.</summary>
    public int Count => _terms.Count;

    /// <summary>A term of the text cut last; gone with the next text.</summary>
    public ReadOnlySpan<char> this[int term] => _text.AsSpan(_terms[term].Start, _terms[term].Length);

    /// <summary>Cuts a text into terms, in order, with repetitions.</summary>
    public void Cut(string text)
    {
        Rewrite(text);
        _terms.Clear();
        if (_options.Parts is { } parts) AddParts(parts);
        else AddRuns();
    }

    private void Rewrite(string text)
    {
        _units.Clear();
        _negated = 0;
        _length = 0;
        Append(' ');
        var (word, blank) = (-1, true); // start of the open word, and whether something parts what comes from what was
        foreach (var rune in Normalized(text).EnumerateRunes())
        {
            var inWord = Rune.IsLetterOrDigit(rune) || IsMark(rune);
            if (inWord && !IsWrittenWithoutBlanks(rune))
            {
                if (word < 0) word = BeginWord(blank);
                Append(Rune.ToLowerInvariant(rune));
                continue;
            }
            if (rune.Value is '\'' or '’') continue; // an apostrophe joins: don't is one word
            if (word >= 0) EndWord(ref word, ref blank);
            if (inWord)
            {
                AddUnit(rune, Script.NoBlanks, blank);
                blank = false;
            }
            else if (_options.Signs && !Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune))
            {
                _negated = 0;
                AddUnit(rune, blank || _units.Count == 0 ? Script.Blanks : _units[^1].Script, blank);
                blank = false;
            }
            else
            {
                blank = true;
                if (!Rune.IsWhiteSpace(rune)) _negated = 0;
            }
        }
        if (word >= 0) EndWord(ref word, ref blank);
        if (_text[_length - 1] != ' ') Append(' ');
    }

    private ReadOnlySpan<char> Normalized(string text)
    {
        if (Ascii.IsValid(text)) return text;
        ReadOnlySpan<char> whole = text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? WithoutHalves(text) : text;
        int length;
        while (!whole.TryNormalize(_normal, out length, NormalizationForm.FormKC)) _normal = new char[whole.GetNormalizedLength(NormalizationForm.FormKC)];
        return _normal.AsSpan(0, length);
    }

    // Halves of surrogate pairs without the other half have no normal form; they become the replacement character.
    private static string WithoutHalves(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));

    private int BeginWord(bool blank)
    {
        if ((blank || _units.Count == 0 || _units[^1].Script == Script.Blanks) && _text[_length - 1] != ' ') Append(' ');
        if (_negated <= 0) return _length;
        var start = _length;
        foreach (var c in "not_") Append(c);
        return start;
    }

    private void EndWord(ref int word, ref bool blank)
    {
        _units.Add(new Unit(word, _length, Script.Blanks, StartsRun: _units.Count == 0 || _units[^1].Script != Script.Blanks));
        _negated--;
        if (_options.Negation && Negations.Contains(_text.AsSpan(word, _length - word))) _negated = NegatedWords;
        (word, blank) = (-1, false);
    }

    private void AddUnit(Rune rune, Script script, bool blank)
    {
        if ((blank || script == Script.Blanks) && _text[_length - 1] != ' ') Append(' ');
        var start = _length;
        Append(rune);
        var continues = _units.Count > 0 && _units[^1].Script == script && (script == Script.Blanks || !blank);
        _units.Add(new Unit(start, _length, script, !continues));
    }

    private void AddRuns()
    {
        for (int from = 0, to; from < _units.Count; from = to)
        {
            to = from + 1;
            while (to < _units.Count && !_units[to].StartsRun) to++;
            if (_units[from].Script == Script.Blanks) AddWordRuns(from, to);
            else AddCharacterRuns(from, to);
        }
    }

    private void AddWordRuns(int from, int to)
    {
        for (var length = _options.ShortestWordRun; length <= _options.LongestWordRun; length++)
        {
            for (var first = from; first + length <= to; first++) AddRun(first, first + length - 1);
        }
    }

    private void AddCharacterRuns(int from, int to)
    {
        for (var last = from; last < to; last++)
        {
            for (var first = last; first >= from && last - first < _options.LongestCharacterRun; first--) AddRun(first, last);
        }
    }

    private void AddRun(int first, int last) => _terms.Add((_units[first].Start, _units[last].End - _units[first].Start));

    private void AddParts(TermParts parts)
    {
        for (var start = 0; start + parts.Shortest <= _length; start++)
        {
            if (char.IsLowSurrogate(_text[start])) continue;
            for (var length = 1; length <= parts.Longest && start + length <= _length; length++)
            {
                var last = _text[start + length - 1];
                if (length >= parts.Shortest && !char.IsHighSurrogate(last) && !(length == 1 && last == ' ')) _terms.Add((start, length));
                if (last == ' ' && length > 1 && !parts.AcrossWords) break;
            }
        }
    }

    private void Append(Rune rune)
    {
        Span<char> characters = stackalloc char[2];
        foreach (var c in characters[..rune.EncodeToUtf16(characters)]) Append(c);
    }

    private void Append(char c)
    {
        if (_length == _text.Length) Array.Resize(ref _text, 2 * _text.Length);
        _text[_length++] = c;
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // Hiragana and katakana, the ideographs with their extensions and compatibility forms. Korean puts blanks between words.
    public static bool IsWrittenWithoutBlanks(Rune rune) => rune.Value is >= 0x3040 and <= 0x30FF or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF
        or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x323AF;

    private readonly record struct Unit(int Start, int End, Script Script, bool StartsRun);
}
