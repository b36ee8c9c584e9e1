import ArgumentParser
import ChatClient
import ChatProgram
import ChatSecure

/// How the link is encrypted, and whom to trust.
struct SecurityArguments: ParsableArguments {
  @Flag(help: "Ask before the key of a server that is new is trusted.")
  var askKey = false

  @Option(
    help: ArgumentHelp(
      "The server's key, as chatserve key prints it; no other is trusted.", valueName: "SHA256:…"))
  var key: String?

  @Flag(help: "Talk encrypted or not at all.")
  var requireEncryption = false

  @Flag(help: "Do not try to encrypt; refused where the server was encrypted before.")
  var clear = false

  @Flag(help: "Forget the server's key, and do not connect.")
  var forget = false

  /// Those that contradict the ones that are given.
  var settled: Set<String> {
    if clear { return ["require-encryption", "ask-key", "key"] }
    return requireEncryption || askKey || key != nil ? ["clear"] : []
  }

  /// What cannot be meant ends the program.
  func options() -> SecurityOptions {
    var options = SecurityOptions()
    if let key {
      guard let print = Fingerprint(key) else {
        ProgramExit.usage.leave(UserMessages.badKey(key))
      }
      options.key = print
    }
    options.asksForKey = askKey
    options.requiresEncryption = requireEncryption
    options.isClear = clear
    if clear, requireEncryption || askKey || key != nil {
      ProgramExit.usage.leave(UserMessages.clearAndEncrypted)
    }
    return options
  }
}
