import ChatClient
import ChatCore
import ChatPosix
import ChatProgram
import ChatSecure

/// Why a server is not talked to: sentences and exit codes.
extension UserMessages {
  static let clearAndEncrypted =
    "chatclient: --clear is without encryption, which the other options are about."

  static func badKey(_ text: String) -> String {
    "chatclient: \(TextSanitizer.escapedOnOneLine(text)) is no key: "
      + "SHA256: and 43 characters, as chatserve key prints it."
  }

  /// `localhost port 1027`
  static func place(_ host: String, _ port: UInt16) -> String {
    "\(TextSanitizer.escapedOnOneLine(host)) port \(port)"
  }

  /// As they are typed.
  static func arguments(_ host: String, _ port: UInt16) -> String {
    "\(TextSanitizer.escapedOnOneLine(host)) \(port)"
  }

  static func forget(_ host: String, _ port: UInt16) -> String {
    "chatclient --forget \(arguments(host, port))"
  }

  /// Why nothing is remembered.
  static func why(_ obstacle: ServerMemory.Obstacle) -> String {
    switch obstacle {
    case .noPlace: "neither HOME nor XDG_CONFIG_HOME says where"
    case .noName: "its name is too long"
    case .noDay: "the clock is wrong"
    case .file(.system(let error)): "\(error.errno)"
    case .file(.inUse): "another chatclient has the file"
    case .file: "the file is not yours alone"
    }
  }

  static func refusal(
    _ refusal: ServerRefusal, host: String, port: UInt16
  ) -> (String, ProgramExit) {
    let place = place(host, port)
    let forget = forget(host, port)
    switch refusal {
    case .memory(let failure): return (unreliable(failure, place, forget), .untrusted)
    case .otherKey(let key, let since):
      return (
        "The key of \(place) is not the one known since \(since). Somebody may be in between, or "
          + "the server was set up again. Nothing was said. "
          + "If its operator confirms \(key): \(forget)", .untrusted
      )
    case .unwantedKey(let key):
      return (
        "The key of \(place) is \(key), and not that of --key. Somebody may be in between. "
          + "Nothing was said.", .untrusted
      )
    case .otherKeyWanted(let known, let since):
      return (
        "The key of \(place) known since \(since) is \(known), and not that of --key. "
          + "Nothing was said. If its operator confirms the new one: \(forget)", .untrusted
      )
    case .clearWanted(let since):
      return (
        "\(place) was encrypted since \(since), so --clear is refused. "
          + "Nothing was said. If its operator confirms that it is so no more: \(forget)",
        .untrusted
      )
    case .nobodyToAsk:
      return (
        "--ask-key asks at a terminal, and standard input is not one; use --key.", .untrusted
      )
    case .declined: return ("The key of \(place) is not trusted. Nothing was said.", .untrusted)
    case .otherKeyAnswered:
      return ("That is not the key of \(place). Nothing was said.", .untrusted)
    case .answeredInClear(isKnown: true):
      return (
        "\(place) answered without encryption, though it was encrypted before. Nothing was said.",
        .untrusted
      )
    case .answeredInClear(isKnown: false):
      return ("\(place) answered without encryption. Nothing was said.", .untrusted)
    case .saidInClear(let text):
      return (
        "\(place) refused, without encryption, so that anybody may have said it: \(text)",
        .unavailable
      )
    case .failure(let failure):
      return (
        "\(place) and this program could not encrypt: \(why(failure)). Nothing was said.",
        .untrusted
      )
    case .tooSlow:
      return (
        "\(place) did not get as far as encryption in time. Nothing was said.", .temporaryFailure
      )
    case .noAnswer:
      return (
        "\(place) greeted, and did not answer when it was asked to encrypt. Nothing was said. "
          + "If its operator says that it cannot: chatclient --clear \(arguments(host, port))",
        .temporaryFailure
      )
    case .cut:
      return (
        "The connection to \(place) was lost before it was encrypted. Nothing was said.",
        .inputOutput
      )
    }
  }

  static func cannotForget(
    _ error: ServerMemory.ForgetError, host: String, port: UInt16
  ) -> (String, ProgramExit) {
    let file = TextSanitizer.escapedOnOneLine(error.path.string)
    let sentence = "chatclient: \(place(host, port)) cannot be forgotten"
    return switch error.cause.errno {
    case .isDirectory: ("\(sentence): \(file) is a directory; move it away.", .cannotCreate)
    case .permissionDenied, .notPermitted:
      ("\(sentence) (\(file): \(error.cause.errno)).", .noPermission)
    case let errno: ("\(sentence) (\(file): \(errno)).", .inputOutput)
    }
  }

  private static func why(_ failure: SecureSession.Failure) -> String {
    switch failure {
    case .keyRefused: "it showed no key"
    case .notSigned: "no signature"
    case .alert(let number): "it broke off with TLS alert \(number)"
    case .overLimit: "more bytes than encryption needs"
    case .malformed(let text): text
    }
  }

  private static func unreliable(
    _ failure: ServerMemory.Failure, _ place: String, _ forget: String
  ) -> String {
    let file = TextSanitizer.escapedOnOneLine(failure.path.string)
    switch failure.cause {
    case .damaged(let damage):
      return "What is known of \(place) is damaged (\(file), \(part(damage))). Nothing was said. "
        + "If its operator confirms its key: \(forget)"
    case .file(.system(let error)):
      return "What is known of \(place) cannot be read (\(file): \(error.errno)). Nothing was said."
    case .file(.notRegular):
      return "What is known of \(place) cannot be read (\(file) is not a file; move it away). "
        + "Nothing was said."
    case .file(let error):
      return SharedWords.cannotKeep(error, in: failure.path.string, program: nil).0
    }
  }

  private static func part(_ damage: KnownServer.Damage) -> String {
    switch damage {
    case .tooLong: "too long"
    case .otherVersion: "of another version"
    case .line(let number): "line \(number)"
    case .noMemory: "no memory"
    }
  }
}
