import CSQLite
import TemperJSON

extension Diagnostic.Code {
  /// Another process held the write lock for longer than the busy timeout.
  public static let studyLocked = Diagnostic.Code("E0420", "the database of a study is locked by another process")
  /// The file is damaged, or holds what no version of the schema allows.
  public static let studyDamaged = Diagnostic.Code("E0296", "the database of a study is damaged")
  /// The file or its folder may not be written.
  public static let studyReadOnly = Diagnostic.Code("E0422", "the database of a study cannot be opened for writing")
  /// There is no space for what is to be written.
  public static let studyDiskFull = Diagnostic.Code("E0423", "the disk is full: a study cannot be written")
  /// A file of another kind, or an SQLite database of another program.
  public static let notAStudy = Diagnostic.Code("E0297", "the file is not a database of studies")
  /// Written by a version of Optuna with another schema.
  public static let studySchema = Diagnostic.Code("E0298", "the database of a study has another schema")
  /// The database has no study of this name.
  public static let studyMissing = Diagnostic.Code("E0314", "there is no study of this name")
  /// A study of this name exists and differs.
  public static let studyDiffers = Diagnostic.Code("E0427", "a study of this name exists with other objectives")
  /// A trial is not in the state that an operation needs.
  public static let trialState = Diagnostic.Code("E0428", "a trial is not in the state for this")
  /// Any other failure of SQLite or of a lock.
  public static let studyFailure = Diagnostic.Code("E0429", "the database of a study failed")
}

/// What SQLite says, as an error with a remedy.
enum DatabaseProblem {
  /// The error for the result code `code`, extended or not, about the file `path`; `message` is SQLite's own.
  static func diagnostics(_ code: CInt, _ message: String, path: String) -> Diagnostics {
    let (kind, remedy) = kind(of: code & 0xFF)
    return Diagnostics(kind, at: .wholeFile(path: path), "SQLite: \(message). \(remedy)")
  }

  private static func kind(of code: CInt) -> (Diagnostic.Code, remedy: String) {
    switch code {
    case SQLITE_BUSY, SQLITE_LOCKED:
      (.studyLocked, "Close the program that holds its write lock, such as an open transaction in a database browser, and run again.")
    case SQLITE_CORRUPT: (.studyDamaged, "Restore a copy, or save what can be read with `sqlite3 FILE .recover | sqlite3 NEW`.")
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
      (.studyReadOnly, "Check the permissions of the file and of its folder, where SQLite writes its journal.")
    case SQLITE_CANTOPEN: (.studyReadOnly, "Check that its folder exists and may be written.")
    case SQLITE_FULL: (.studyDiskFull, "Free disk space and run again; what was stored before is intact.")
    case SQLITE_NOTADB: (.notAStudy, "Name another file; this one was made by another program, or is damaged.")
    case SQLITE_IOERR:
      (.studyFailure, "Check the disk. On a network file system, use the rollback journal in place of the write-ahead log.")
    default: (.studyFailure, "Check the file with `sqlite3 FILE 'PRAGMA integrity_check'`.")
    }
  }
}
