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
    case KeyCommand.name: KeyCommand.main(Array(arguments.dropFirst()))
    case AllowCommand.name: AllowCommand.main(Array(arguments.dropFirst()))
    case BlockCommand.name: BlockCommand.main(Array(arguments.dropFirst()))
    case "help": help(with: arguments.dropFirst())
    case let word?:
      if let sentence = HistoryCommand.hint(forFirstWord: word) {
        ProgramExit.usage.leave("chatserve: \(sentence)")
      }
      ChatServe.start(program: "chatserve")
    case nil: ChatServe.start(program: "chatserve")
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
