using System.Globalization;
using System.Text;

namespace CampaignPortal.Learning.Text;

/// <summary>Cuts text into terms: runs of letters and digits in lower case; scripts written without blanks (Chinese, kana) as single characters and pairs of neighbours.</summary>
public static class Tokenizer
{
    /// <summary>The terms of a text, in order, with repetitions.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="longestWordRun">1 gives words; 2 adds pairs of neighbouring words joined by a blank, and so on.</param>
    public static IReadOnlyList<string> Terms(string text, int longestWordRun = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(longestWordRun, 1);
        var terms = new List<string>();
        var words = new List<string>();
        var word = new StringBuilder();
        string? lastCharacter = null;
        foreach (var rune in text.Normalize(NormalizationForm.FormKC).EnumerateRunes())
        {
            if (IsWrittenWithoutBlanks(rune))
            {
                EndWord();
                EndRun();
                var character = rune.ToString();
                terms.Add(character);
                if (lastCharacter is not null) terms.Add(lastCharacter + character);
                lastCharacter = character;
                continue;
            }
            lastCharacter = null;
            if (Rune.IsLetterOrDigit(rune) || IsMark(rune)) word.Append(Rune.ToLowerInvariant(rune).ToString());
            else if (rune.Value is not ('\'' or '’')) EndWord(); // an apostrophe joins: don't is one word
        }
        EndWord();
        EndRun();
        return terms;

        void EndWord()
        {
            if (word.Length == 0) return;
            words.Add(word.ToString());
            word.Clear();
        }

        void EndRun()
        {
            for (var length = 1; length <= longestWordRun; length++)
            {
                for (var from = 0; from + length <= words.Count; from++) terms.Add(length == 1 ? words[from] : string.Join(' ', words.GetRange(from, length)));
            }
            words.Clear();
        }
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // Hiragana and katakana, the ideographs with their extensions and compatibility forms. Korean puts blanks between words.
    private static bool IsWrittenWithoutBlanks(Rune rune) => rune.Value is >= 0x3040 and <= 0x30FF or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF
        or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x323AF;
}
