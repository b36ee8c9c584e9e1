import ArgumentParser
import ChatCore
import ChatPosix
import ChatProgram
import ChatServer
import ChatTerminal

/// `chatserve attach`: this terminal for a server that runs without one.
struct AttachCommand: ParsableCommand {
  static let name = "attach"
  static let configuration = CommandConfiguration(
    commandName: name, _superCommandName: "chatserve",
    abstract: "Give this terminal to a server that was started with --detached.",
    discussion: """
      The server goes on when the terminal is given back: by \\detach, by Ctrl-C on an empty line, \
      or when its window is closed. Ctrl-Z gives it back until the shell's fg.
      """)

  @Argument(help: "The port that the server listens on.")
  var port: String

  @Option(help: "auto, always or never.")
  var color = ColorChoice.auto

  @Flag(help: "The time before every message.")
  var timestamps = false

  @Flag(help: "No bell when a message arrives while nobody types.")
  var noBell = false

  @Flag(help: "Leave the window's title alone, and ask for no notifications.")
  var noTitle = false

  @Flag(help: "Whole lines, nothing redrawn: for screen readers.")
  var plain = false

  func run() throws {
    guard let port = UInt16(port), port > 0 else {
      ProgramExit.usage.leave(UserMessages.badAttachPort(port))
    }
    guard FileDescriptor.standardInput.isTerminal, FileDescriptor.standardOutput.isTerminal else {
      ProgramExit.usage.leave(UserMessages.attachWithoutTerminal)
    }
    var options = DeskOptions()
    options.isPlain = plain
    options.usesColor = color.isOn()
    options.showsTimes = timestamps
    options.ringsBell = !noBell
    options.setsTitle = !noTitle
    let outcome: AttachClient.Outcome
    do throws(SystemCallError) {
      let view = TerminalView(options, Environment.value)
      outcome = try AttachClient(port: port, view: view).run()
    } catch {
      outcome = .system(error)
    }
    let (sentence, status) = UserMessages.end(outcome, port: port)
    status.leave(sentence)
  }
}
