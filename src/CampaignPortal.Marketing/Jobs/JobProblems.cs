using Microsoft.Data.Sqlite;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Turns what stopped a run into words for people.</summary>
internal static class JobProblems
{
    private const int SqliteBusy = 5, SqliteIoError = 10, SqliteCorrupt = 11, SqliteFull = 13;
    private const int NoSpaceUnix = 28, NoSpaceWindows = unchecked((int)0x80070070);

    public static JobProblem TimeLimit(TimeSpan limit) => new("time-limit", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"It was stopped after its time limit of {limit.TotalMinutes:0} minutes.")) { Repair = JobRepairs.Retry };

    public static JobProblem Of(Exception e) => e switch
    {
        JobFailedException known => known.Problem,
        SqliteException { SqliteErrorCode: SqliteFull or SqliteIoError } => DiskFull(),
        SqliteException { SqliteErrorCode: SqliteBusy } => new JobProblem("store-busy", "Another program held the database for too long.") { Repair = JobRepairs.Retry, IsPassing = true },
        SqliteException { SqliteErrorCode: SqliteCorrupt } => new JobProblem("store-damaged", "The database file is damaged. Restore the newest backup."),
        IOException { HResult: NoSpaceUnix or NoSpaceWindows } => DiskFull(),
        FileNotFoundException or DirectoryNotFoundException => new JobProblem("file-missing", "A file that it needs is not there any more.") { Repair = JobRepairs.CheckFile },
        UnauthorizedAccessException => new JobProblem("no-access", "The portal may not read or write a file that it needs.") { Repair = JobRepairs.CheckFile },
        OutOfMemoryException => new JobProblem("out-of-memory", "There was too little memory.") { Repair = JobRepairs.Retry },
        IOException => new JobProblem("file-error", "A file could not be read or written.") { Repair = JobRepairs.Retry, IsPassing = true },
        _ => new JobProblem("unexpected", "An unexpected error stopped it.") { Repair = JobRepairs.Retry },
    };

    private static JobProblem DiskFull() => new("disk-full", "The disk is full or does not take the data.") { Repair = JobRepairs.FreeDisk, IsPassing = true };
}
