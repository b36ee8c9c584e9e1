/// What a history command ends with; sysexits.h where a code has a name there.
public enum HistoryExit: Int32, Sendable {
  case done = 0
  /// Nothing matched, an unknown id, or damage found.
  case nothing = 1
  /// EX_USAGE
  case usage = 64
  /// EX_NOINPUT: the database that was named is not there.
  case missing = 66
  /// EX_IOERR: the database cannot be read, or is damaged.
  case unreadable = 74
  /// The shell's number for a program that SIGINT ended.
  case interrupted = 130
}
