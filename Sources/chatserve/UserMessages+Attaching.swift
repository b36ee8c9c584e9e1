import ChatCore
import ChatPosix
import ChatProgram
import ChatServer

/// Of a terminal that attaches to a server without one.
extension UserMessages {
  static func badAttachPort(_ port: String) -> String {
    "chatserve: invalid port \(TextSanitizer.escapedOnOneLine(port)): must be 1 to 65535."
  }

  static let attachWithoutTerminal =
    "chatserve: attach gives a terminal to a server; standard input and output must be one."

  static func notAttachable(_ fault: AttachFault) -> String {
    let cause =
      switch fault {
      case .noDirectory: "neither RUNTIME_DIRECTORY nor XDG_RUNTIME_DIR names a directory"
      case .directory(let path, let fault): reason(fault, at: path)
      case .taken(let path):
        "another server with this port has \(TextSanitizer.escapedOnOneLine(path)) for that"
      case .system(let error): "the system refused \(error.call): \(error.errno)"
      }
    return "No terminal can be attached: \(cause)."
  }

  private static func reason(_ fault: OwnDirectory.Fault, at path: String) -> String {
    let path = TextSanitizer.escapedOnOneLine(path)
    return switch fault {
    case .missing: "\(path) is not there"
    case .notDirectory: "\(path) is not a directory, or a link to one"
    case .notOwn: "\(path) is another user's"
    case .exposed: "others may write in \(path)"
    case .system(let error): "\(path): \(error.errno)"
    }
  }

  /// How it ended.
  static func end(_ outcome: AttachClient.Outcome, port: UInt16) -> (String?, ProgramExit) {
    switch outcome {
    case .noServer(let directories):
      (
        "chatserve: no server of yours at port \(port) takes a terminal "
          + "(\(directories.isEmpty ? "nowhere to look" : "in " + directories.joined(separator: ", ")); "
          + "a server that is started by hand is found where $XDG_RUNTIME_DIR is the same). One "
          + "that does is started with: chatserve --detached \(port)", .unavailable
      )
    case .directory(let path, let fault):
      (
        "chatserve: cannot attach: \(reason(fault, at: path)).",
        fault == .notOwn || fault == .exposed ? .noPermission : .unavailable
      )
    case .busy:
      ("chatserve: too many wait to attach to the server; try again.", .temporaryFailure)
    case .stranger:
      ("chatserve: another user's process is there in place of your server.", .noPermission)
    case .refused(.taken(let process, let since)):
      (
        "chatserve: the server has a terminal already, since "
          + "\(Clock.localTime(since.milliseconds).timeText), of process \(process).",
        .temporaryFailure
      )
    case .refused(.unusable):
      ("chatserve: the server does not take this terminal.", .inputOutput)
    case .refused(.stopping): ("chatserve: the server stops.", .unavailable)
    case .detached(.stopped): ("The server at port \(port) has stopped.", .done)
    case .detached(.lost): (nil, .inputOutput)
    case .detached:
      (
        "Detached; the server at port \(port) goes on. Back to it: chatserve attach \(port)", .done
      )
    case .serverDied:
      (
        "chatserve: the server at port \(port) died; this terminal is yours again.", .inputOutput
      )
    case .background:
      ("chatserve: attach needs the terminal, and runs in the background.", .usage)
    case .system(let error): (SharedWords.system(error, program: "chatserve"), .osError)
    }
  }
}
