import ChatClient
import ChatCore
import ChatPosix
import ChatProgram
import ChatSecure

/// Why there is no conversation, and how one went: sentences and exit codes.
extension UserMessages {
  static func badPort(_ text: String) -> String {
    "chatclient: Invalid port \(TextSanitizer.escapedOnOneLine(text)): must be 1 to 65535. "
      + "Type: chatclient <host> <port>"
  }

  static func badPlace(_ error: Destination.Failure) -> String {
    switch error {
    case .noPort: "chatclient: No port given. Type: chatclient <host> <port>"
    case .noHost: "chatclient: No host given. Type: chatclient <host> <port>"
    case .badPort(let text): badPort(text)
    case .twoPorts: "chatclient: the port is given twice. Type: chatclient <host> <port>"
    case .twoHandles: "chatclient: your name is given twice."
    }
  }

  static func cannotSave(_ error: SaveError, to path: String) -> (String, ProgramExit) {
    switch error {
    case .foreign:
      (
        "chatclient: \(TextSanitizer.escapedOnOneLine(path)) holds something else than saved "
          + "conversations, and is left alone.", .cannotCreate
      )
    case .file(let error): SharedWords.cannotKeep(error, in: path, program: "chatclient")
    }
  }

  static let saveAndHistory =
    "chatclient: --save and --history-file name one file; give each its own."

  static let severalKeepingWishes =
    "chatclient: --take-over, --new and --no-state are different wishes; give one."

  static func badTimeout(_ seconds: Int) -> String {
    "chatclient: --connect-timeout takes 1 to 3600 seconds, not \(seconds)."
  }

  static func nameless(_ reason: Client.Namelessness) -> String {
    switch reason {
    case .inputEnded:
      "chatclient: standard input ended before your name. "
        + "Give it with --handle, or as the first line."
    case .misnamed(let error):
      "chatclient: the first line of standard input is to be your name: "
        + "\(SharedWords.fault(of: error))."
    }
  }

  static func failure(
    _ error: ConnectError, host: String, port: UInt16
  ) -> (String?, ProgramExit) {
    let place = place(host, port)
    switch error {
    case .unknownHost(let error) where error.isTemporary:
      return (
        "chatclient: the address of \(TextSanitizer.escapedOnOneLine(host)) could not be asked "
          + "for: \(error.text). Try again.", .noHost
      )
    case .unknownHost:
      return (
        "chatclient: there is no host named \(TextSanitizer.escapedOnOneLine(host)). "
          + "Check the name, or use its address.", .noHost
      )
    case .unreachable(let address, let error):
      return (unreachable(place, address, error), .unavailable)
    case .timedOut(let limit):
      return (
        "chatclient: \(place) did not answer within \(limit.components.seconds) s. "
          + "Check the address and any firewall, or allow more with --connect-timeout.",
        .temporaryFailure
      )
    case .interrupted(.interrupt): return (nil, .interrupted)
    case .interrupted: return (nil, .done)
    case .security(let error):
      return ("chatclient: OpenSSL refused \(error.call) (error \(error.code)).", .osError)
    case .refused(let refusal): return self.refusal(refusal, host: host, port: port)
    case .servesOnce:
      return (
        "chatclient: \(place) knows no encryption, and does not answer again after it was asked. "
          + "Once it listens, type: chatclient --clear \(arguments(host, port))", .unavailable
      )
    case .dialerDied:
      return ("chatclient: the process that connects has died.", .osError)
    case .nothingToTakeOver:
      return (
        "chatclient: there is no conversation with \(place) that could be taken over.", .nothing
      )
    case .system(let error): return (SharedWords.system(error, program: "chatclient"), .osError)
    }
  }

  private static func unreachable(
    _ place: String, _ address: SocketAddress, _ error: SystemCallError
  ) -> String {
    switch error.errno {
    case .connectionRefused:
      "chatclient: nothing listens at \(place). Is chatserve running there?"
    default: "chatclient: \(place) cannot be reached: \(error.errno) (\(address))."
    }
  }

  static func outputFailed(_ errno: Errno) -> String {
    "chatclient: standard output cannot be written (\(errno)), so the conversation was ended."
  }

  static func status(of outcome: Client.Outcome) -> ProgramExit {
    if outcome.signal == .interrupt { return .interrupted }
    switch (outcome.ending.by, outcome.ending.reason) {
    case (_, .reset) where outcome.ending.detail == QuitReason.moved.rawValue: return .done
    case (_, .quit), (_, .sigint), (.client?, .eof): return .done
    case (_, .timeout): return .temporaryFailure
    case (_, .full), (_, .blocked): return .unavailable
    // Who listens with nc leaves by closing.
    case (.server?, .eof) where outcome.dialect == .line: return .done
    default: return .inputOutput
    }
  }
}
