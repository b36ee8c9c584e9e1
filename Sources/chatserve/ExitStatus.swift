import ChatPosix
import Glibc

/// What chatserve's exit codes mean; the numbers are those of sysexits(3).
enum ExitStatus: Int32 {
  case usage = 64
  /// The address to listen at is unknown.
  case noHost = 68
  /// The port is taken.
  case unavailable = 69
  case osError = 71
  case cannotCreate = 73
  case inputOutput = 74
  case temporaryFailure = 75
  case noPermission = 77
}

/// Ends the program with one sentence.
enum Leaving {
  static func now(_ sentence: String, _ status: ExitStatus) -> Never {
    try? StandardError.write(sentence + "\n")
    exit(status.rawValue)
  }
}
