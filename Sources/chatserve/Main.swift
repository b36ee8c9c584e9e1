import ArgumentParser
import ChatProgram
import History

@main
enum Main {
  static func main() {
    // These words can never be ports, but an argument parser would
    // take the words for one.
    let arguments = CommandLine.arguments.dropFirst()
    switch arguments.first {
    case "history": HistoryCommand.main(Array(arguments.dropFirst()))
    case KeyCommand.name: run(KeyCommand.self, arguments.dropFirst())
    case AllowCommand.name: run(AllowCommand.self, arguments.dropFirst())
    case BlockCommand.name: run(BlockCommand.self, arguments.dropFirst())
    case "help": help(with: arguments.dropFirst())
    case let word?:
      let others = [KeyCommand.name, AllowCommand.name, BlockCommand.name]
      if let sentence = HistoryCommand.hint(forFirstWord: word, or: others) {
        ProgramExit.usage.leave("chatserve: \(sentence)")
      }
      ChatServe.start(program: "chatserve")
    case nil: ChatServe.start(program: "chatserve")
    }
  }

  private static func run<Command: ParsableCommand>(
    _ type: Command.Type, _ arguments: ArraySlice<String>
  ) {
    do {
      var command = try type.parseAsRoot(Array(arguments))
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
      HistoryCommand.main(["help"] + words.dropFirst())
    } else {
      ChatServe.main(["--help"])
    }
  }
}
