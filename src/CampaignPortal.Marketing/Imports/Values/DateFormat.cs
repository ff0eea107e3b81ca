namespace CampaignPortal.Marketing.Imports.Values;

/// <summary>How a column writes moments. Year-first dates, dates with the month's name and zone marks are understood in any column.</summary>
/// <param name="DayFirst">Whether 3/4/2026 is the third of April.</param>
/// <param name="Numbers">Whether bare numbers are moments: seconds or milliseconds since 1970, a day number of Excel, or 20260304.</param>
/// <param name="IsAmbiguous">No date of the sample told day and month apart; a person should look.</param>
public readonly record struct DateFormat(bool DayFirst = true, bool Numbers = false, bool IsAmbiguous = false)
{
    /// <summary>Words for a person.</summary>
    public string Describe() => (Numbers ? "a day number or seconds since 1970, " : "") + (DayFirst ? "2026-03-09 14:00:00 or 9/3/2026 14:00 (day first)" : "2026-03-09 14:00:00 or 3/9/2026 14:00 (month first)");

    /// <summary>Finds the format from cells; dates that cannot tell follow the order in which more rows run forward in time.</summary>
    public static DateFormat Detect(IReadOnlyList<string> cells)
    {
        int dayFirst = 0, monthFirst = 0, either = 0, numbers = 0, forwardDay = 0, forwardMonth = 0;
        long lastDay = 0, lastMonth = 0;
        foreach (var cell in cells)
        {
            if (cell.Length is 0) continue;
            if (DateParser.IsBareNumber(cell))
            {
                if (DateParser.TryParse(cell, new DateFormat(Numbers: true), out _)) numbers++;
                continue;
            }
            if (!DateParser.DependsOnOrder(cell)) continue;
            var isDay = DateParser.TryParse(cell, new DateFormat(DayFirst: true), out var asDay);
            var isMonth = DateParser.TryParse(cell, new DateFormat(DayFirst: false), out var asMonth);
            if (isDay && isMonth)
            {
                either++;
                if (asDay.Ticks >= lastDay) forwardDay++;
                if (asMonth.Ticks >= lastMonth) forwardMonth++;
                (lastDay, lastMonth) = (asDay.Ticks, asMonth.Ticks);
            }
            else if (isDay) dayFirst++;
            else if (isMonth) monthFirst++;
        }
        var takesNumbers = numbers > 0;
        if (dayFirst != monthFirst) return new DateFormat(dayFirst > monthFirst, takesNumbers);
        if (either is 0) return new DateFormat(true, takesNumbers);
        return new DateFormat(forwardDay >= forwardMonth, takesNumbers, IsAmbiguous: true);
    }

    /// <summary>Share of the cells that are moments in this format; empty cells do not count.</summary>
    public double ShareOf(IEnumerable<string> cells)
    {
        int all = 0, dates = 0;
        foreach (var cell in cells)
        {
            if (cell.Length is 0) continue;
            all++;
            if (DateParser.TryParse(cell, this, out _)) dates++;
        }
        return all is 0 ? 0 : (double)dates / all;
    }
}

/// <summary>A moment as a cell states it.</summary>
/// <param name="Ticks">Local ticks, or UTC ticks when the cell names a zone or counts from 1970.</param>
internal readonly record struct StatedTime(long Ticks, bool IsUtc);
