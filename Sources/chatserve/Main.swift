import ArgumentParser
import ChatPosix
import ChatProgram
import History

@main
enum Main {
  static func main() {
    InheritedDescriptors.remember()
    let arguments = CommandLine.arguments.dropFirst()
    if dispatch(arguments.drop { $0 == "--no-config" }) { return }
    if let word = arguments.first,
      let sentence = HistoryCommand.hint(forFirstWord: word, or: others)
    {
      ProgramExit.usage.leave("chatserve: \(sentence)")
    }
    ChatServe.start { command in
      // After `chatserve 1027 history`.
      let word = arguments.firstIndex { ([history] + others).contains($0) }
      if !(command is ChatServe), let word, dispatch(arguments[word...]) { return }
      try command.run()
    }
  }

  private static let history = "history"
  private static let others = [
    AttachCommand.name, KeyCommand.name, AllowCommand.name, BlockCommand.name,
  ]

  /// Runs the command that the first word is, which can never be a port, but an argument
  /// parser would take it for one.
  ///
  /// - Returns: false when it is none.
  private static func dispatch(_ arguments: ArraySlice<String>) -> Bool {
    let words = Array(arguments.dropFirst()).withoutConfigWords()
    switch arguments.first {
    case history: HistoryCommand.main(words, configured: configured(arguments))
    case AttachCommand.name: run(AttachCommand.self, words)
    case KeyCommand.name: run(KeyCommand.self, words)
    case AllowCommand.name: run(AllowCommand.self, words)
    case BlockCommand.name: run(BlockCommand.self, words)
    case "help": help(with: arguments.dropFirst())
    default: return false
    }
    return true
  }

  /// What the server's file says that concerns its other commands as well.
  private static func configured(_ arguments: some Sequence<String>) -> [String: String] {
    if arguments.contains("--help") || arguments.contains("-h") { return [:] }
    // `--no-config` may be before the command's word, too.
    return ChatServe.configured(
      [
        "database", "key-file", "allow", "color", "plain", "timestamps", "no-bell", "no-title",
      ], typed: Array(CommandLine.arguments.dropFirst()))
  }

  private static func run<Command: ParsableCommand>(
    _ type: Command.Type, _ arguments: [String]
  ) {
    do {
      let words = type.arguments(arguments, or: configured(arguments))
      var command = try type.parseAsRoot(words)
      try command.run()
    } catch {
      if type.exitCode(for: error) == .success { type.exit(withError: error) }
      // Here alone the parser leaves out what comes before the word.
      let name = type.configuration.commandName ?? ""
      ProgramExit.usage.leave(
        type.fullMessage(for: error).replacing("See '\(name) ", with: "See 'chatserve \(name) "))
    }
  }

  /// `help`, `help history` and `help history VERB`, as the ends of the helps
  /// say.
  private static func help(with words: ArraySlice<String>) {
    if words.first == "history" {
      HistoryCommand.main(["help"] + words.dropFirst(), configured: [:])
    } else {
      ChatServe.main(["--help"])
    }
  }
}
