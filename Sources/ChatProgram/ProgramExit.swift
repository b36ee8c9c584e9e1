import ChatPosix
internal import ChatTerminal
import Glibc

/// What the programs' exit codes mean; those from 64 on are sysexits(3).
public enum ProgramExit: Int32, Sendable {
  case done = 0
  /// `history`: nothing matched, an unknown id, or damage found.
  case nothing = 1
  case usage = 64
  /// The database that was named is not there.
  case missing = 66
  /// The host, or the address to listen at, is unknown.
  case noHost = 68
  /// Nothing answers there, the queue is full, or the port is taken.
  case unavailable = 69
  case osError = 71
  case cannotCreate = 73
  /// The connection was lost in mid-conversation, or a file cannot be read or
  /// written.
  case inputOutput = 74
  /// Timed out, or locked.
  case temporaryFailure = 75
  /// chatclient: a server's key, or that it has none, is not what it must be.
  case untrusted = 76
  case noPermission = 77
  /// What the configuration file or the environment gives cannot be used; chatserve: nor what
  /// the service manager passed be listened at.
  case configuration = 78
  /// By SIGINT, as a shell reports it: 128 and the signal's number.
  case interrupted = 130

  /// What the sentence may take to a terminal that was stopped, by Ctrl-S or by the
  /// program that reads it.
  private static let lastWordsWithin = Duration.seconds(2)

  /// Ends the program, after at most one sentence on standard error, and soon also
  /// where nobody reads that.
  public func leave(_ sentence: String? = nil) -> Never {
    if let sentence { StandardError.write(sentence: sentence, within: Self.lastWordsWithin) }
    exit(rawValue)
  }
}
