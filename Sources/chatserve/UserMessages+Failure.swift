import ChatCore
import ChatPosix
import ChatProgram
import ChatServer
import History
import Transcript

/// Why the server does not start: a sentence and an exit code.
extension UserMessages {
  static func failure(_ error: ServerError) -> (String, ProgramExit) {
    switch error {
    case .cannotListen(let port, let address, let error): cannotListen(port, address, error)
    case .transcript(let error):
      (
        "chatserve: the transcript cannot be used: \(TranscriptWords.cause(error)). "
          + "Mend that, or name another file with --database.", status(of: error)
      )
    case .keeperDied(let status):
      ("chatserve: the process that keeps the transcript died (\(status)).", .osError)
    case .system(let error): (SharedWords.system(error, program: "chatserve"), .osError)
    }
  }

  private static func cannotListen(
    _ port: UInt16, _ address: String?, _ error: ListenError
  ) -> (String, ProgramExit) {
    let place = address.map { " at \(TextSanitizer.escapedOnOneLine($0))" } ?? ""
    switch error {
    case .unresolved(let error):
      return ("chatserve: --bind\(place): \(error.text).", .noHost)
    case .system(let error):
      switch error.errno {
      case .addressInUse:
        return (
          "chatserve: port \(port)\(place) is taken: another program listens there. "
            + "Stop it or choose another port.", .unavailable
        )
      case .permissionDenied:
        return ("chatserve: port \(port)\(place) may not be used by this user.", .noPermission)
      case .addressNotAvailable:
        return ("chatserve: this machine has no address\(place); see --bind.", .unavailable)
      default:
        return (
          "chatserve: cannot listen on port \(port)\(place): \(error.errno).", .osError
        )
      }
    }
  }

  private static func status(of error: TranscriptError) -> ProgramExit {
    switch error.kind {
    case .full, .cannotCreate, .notAFile, .missing: .cannotCreate
    case .readOnly, .notPermitted: .noPermission
    case .locked: .temporaryFailure
    default: .inputOutput
    }
  }
}
