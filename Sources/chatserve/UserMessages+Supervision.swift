import ChatCore
import ChatPosix
import ChatProgram
import ChatServer

/// Of a server that a service manager starts, and that has no terminal.
extension UserMessages {
  static func sentence(_ error: ActivationError) -> String {
    let what =
      switch error {
      case .unreadable(let name, let value):
        "\(name) is no number from 1: \(TextSanitizer.escapedOnOneLine(value))."
      case .several(let count):
        "the service manager passed \(count) sockets; chatserve listens at one."
      case .notOpen: "LISTEN_FDS is 1 and descriptor 3 is not open."
      case .notListening:
        "descriptor 3, which LISTEN_FDS names, is no TCP socket that listens. In a socket unit: "
          + "ListenStream= with a port, and Accept=no."
      case .system(let error): "the system refused \(error.call): \(error.errno)."
      }
    return "chatserve: \(what)"
  }

  static func otherPort(_ port: String, _ bound: UInt16) -> String {
    "chatserve: the service manager listens on port \(bound), not on "
      + "\(TextSanitizer.escapedOnOneLine(port)); leave the port out, or name that one."
  }

  static let logOnTerminal =
    "chatserve: --notices writes to standard error, which is the terminal of the conversation; "
    + "append 2>> FILE, or use --detached."

  static let addressOfSocket =
    "chatserve: --bind is for a server that opens its own socket; this one was passed by the "
    + "service manager."

  /// One line for whoever reads the log.
  static func sentence(_ news: SessionNews, beside own: Handle) -> String {
    let name = news.handle.map { DisplayName.of($0, .client, besides: own) } ?? "Somebody"
    let who = name + (news.address.map { " (\($0))" } ?? "")
    return switch news.kind {
    case .open: "\(who) has connected."
    case .floor: "\(who) has the floor."
    case .queue: "\(who) waits in the queue."
    case .linkDown: "\(who) has lost the link and can come back."
    case .back: "\(who) is back."
    case .end(let by, let reason): "\(who) \(ending(by, reason))."
    }
  }

  /// Of what --on-arrival runs.
  static func sentence(_ outcome: CommandOutcome) -> String {
    let what =
      switch outcome {
      case .exited(127): "was not found: the shell ended with status 127"
      case .exited(let status): "ended with status \(status)"
      case .signaled(let signal): "was ended by signal \(signal)"
      case .tookTooLong: "still ran after 10 s and was killed, with all that it had started"
      case .notStarted(let errno): "could not be started: \(errno)"
      }
    return "The command of --on-arrival \(what)."
  }

  private static func ending(_ by: Party?, _ reason: CloseReason?) -> String {
    switch (by, reason) {
    case (.server?, .timeout): "had no answer in time"
    case (_, .timeout): "timed out"
    case (.client?, .quit), (.client?, .eof): "left"
    case (.server?, .sigint), (.server?, .restart): "was seen off: the server stops"
    case (_, .full): "was sent away: the queue is full"
    case (_, .blocked): "was sent away: its key is not allowed any more"
    case (.client?, .error): "broke the protocol"
    case (_, .unresponsive): "did not read what was sent"
    default: "is gone"
    }
  }
}
