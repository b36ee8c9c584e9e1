import ChatPosix
import Glibc

/// What chatclient's exit codes mean; the numbers are those of sysexits(3).
enum ExitStatus: Int32 {
  case done = 0
  case usage = 64
  case noHost = 68
  /// Nothing answers there, or the line is full.
  case unavailable = 69
  case osError = 71
  /// The connection was lost in mid-conversation.
  case lost = 74
  case timedOut = 75
  /// By SIGINT, as a shell tells it: 128 and the signal's number.
  case interrupted = 130
}

/// Ends the program.
enum Leaving {
  static func now(_ sentence: String?, _ status: ExitStatus) -> Never {
    if let sentence { try? StandardError.write(sentence + "\n") }
    exit(status.rawValue)
  }
}
