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
    case .key(let trouble, let file):
      ("chatserve: \(cause(trouble, file)).\(remedy(trouble, file))", status(of: trouble))
    case .allowFile(let trouble, let file):
      ("chatserve: \(cause(trouble, file)).\(remedy(trouble, file))", status(of: trouble))
    case .signerDied(let status):
      ("chatserve: the process that signs with the key died (\(status)).", .osError)
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

  static func cause(_ trouble: KeyTrouble, _ file: KeyFile) -> String {
    cause(trouble, "the key \(name(of: file.path))")
  }

  static func cause(_ trouble: KeyTrouble, _ file: AllowFile) -> String {
    cause(trouble, "the allow-list \(name(of: file.path))")
  }

  static func sealNotKept(_ trouble: KeyTrouble, at path: FilePath) -> String {
    let cause = cause(trouble, "the file \(name(of: path))")
    return "The newest seal is kept in memory alone: \(cause). An older copy that is put in the "
      + "transcript's place while no server runs is not found out."
  }

  /// Why a file of keys is not used.
  private static func cause(_ trouble: KeyTrouble, _ key: String) -> String {
    let reason = trouble.errno == 0 ? "" : " (\(Errno(rawValue: trouble.errno)))"
    return switch trouble.kind {
    case .unreadable: "\(key) cannot be read\(reason)"
    case .notRegular: "\(key) is not a plain file"
    case .notOwn: "\(key) belongs to another user"
    case .exposed: "\(key) is not yours alone: others may read or change it"
    case .exposedDirectory: "\(key) is in a directory that is not yours alone"
    case .linked:
      "\(key) has other names too (hard links), by which others may reach it"
    case .notPEM: "\(key) is damaged, or is no private key in PEM without a password"
    case .damaged: "\(key) is damaged"
    case .otherKind: "\(key) is of another kind than Ed25519"
    case .cannotMake: "\(key) cannot be made\(reason)"
    case .belowTranscript:
      "\(key) lies below the transcript's directory, which the processes that talk with peers "
        + "can read"
    case .system: "no key can be made: the system has no random numbers or no memory"
    case .changed: "\(key) is another than the one that this server began with"
    }
  }

  private static func name(of path: FilePath) -> String {
    TextSanitizer.escapedOnOneLine(path.string)
  }

  private static func status(of trouble: KeyTrouble) -> ProgramExit {
    switch trouble.kind {
    case .notOwn, .exposed, .exposedDirectory, .linked, .belowTranscript: .noPermission
    case .cannotMake: .cannotCreate
    case .system: .osError
    case .unreadable, .notRegular, .notPEM, .otherKind, .damaged, .changed: .inputOutput
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
