import ArgumentParser
import ChatProgram
import History

@main
enum Main {
  static func main() {
    // `history` can never be a port, but an argument parser would take the
    // word for one.
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "history" {
      HistoryCommand.main(Array(arguments.dropFirst()))
    } else {
      ChatServe.start(program: "chatserve")
    }
  }
}
