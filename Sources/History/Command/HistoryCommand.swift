import ArgumentParser
import ChatProgram

/// `chatserve history [VERB]`: browses what was said.
///
/// The verb is found first and the argument parser reads the line for that one
/// alone: it describes the options of every command it is given by reflection.
public struct HistoryCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "history",
    _superCommandName: "chatserve",
    abstract: "Browse what was said.",
    subcommands: verbs.map { $0 },
    defaultSubcommand: ListCommand.self)

  /// All there are, in the order of the help.
  static let verbs: [any HistoryVerb.Type] = [
    ListCommand.self, ShowCommand.self, SearchCommand.self, TailCommand.self, StatsCommand.self,
    ExportCommand.self, BackupCommand.self, VerifyCommand.self, SealCommand.self, PruneCommand.self,
    DeleteCommand.self, PathCommand.self,
  ]

  static var verbNames: [String] { verbs.map { $0.name } }

  public init() {}

  /// Runs the command that `arguments` spell, and ends the process with what it ends with.
  ///
  /// - Parameters:
  ///   - arguments: without `history`.
  ///   - configured: what the server's configuration file says of `database`, `key-file` and
  ///     `color`.
  public static func main(_ arguments: [String], configured: [String: String]) {
    let code = run(arguments, in: .ofProcess(configured: configured))
    if code != ProgramExit.done.rawValue { exit(withError: ExitCode(code)) }
  }

  /// Runs the command that `arguments`, without `history`, spell, in a world
  /// that is not the process's own.
  ///
  /// - Returns: what the program would end with.
  public static func run(_ arguments: [String], in environment: HistoryEnvironment) -> Int32 {
    // `help VERB` is `VERB --help`.
    let asksForHelp = arguments.first == "help"
    let line = asksForHelp ? arguments.dropFirst().prefix(1) + ["--help"] : arguments[...]
    switch line.first {
    case "--help" where line.count == 1, "-h" where line.count == 1:
      try? environment.output.write(Array((helpMessage() + "\n").utf8))
      return ProgramExit.done.rawValue
    case let word? where !word.hasPrefix("-"):
      guard let verb = verbs.first(where: { $0.name == word }) else {
        return environment.report(.verb(word)).rawValue
      }
      return run(verb, Array(line.dropFirst()), in: environment)
    default:
      let (verb, arguments) = misplacedVerb(in: Array(line)) ?? (ListCommand.self, Array(line))
      return run(verb, arguments, in: environment)
    }
  }

  /// The verb of a line that begins with options, and its arguments; `nil` where it is a
  /// line for the list: what it takes is not searched for verbs, since a file may be
  /// called as one.
  private static func misplacedVerb(
    in line: [String]
  ) -> (verb: any HistoryVerb.Type, arguments: [String])? {
    for (index, word) in line.enumerated().dropFirst() {
      // Words before it that are no options are their values.
      if !word.hasPrefix("-"), let verb = verbs.first(where: { $0.name == word }) {
        if (try? ListCommand.parseAsRoot(line)) is ListCommand { return nil }
        return (verb, Array(line[..<index] + line[(index + 1)...]))
      }
      if word == "--" || !word.hasPrefix("-") && !line[index - 1].hasPrefix("-") { return nil }
    }
    return nil
  }

  private static func run(
    _ verb: any HistoryVerb.Type, _ arguments: [String], in environment: HistoryEnvironment
  ) -> Int32 {
    do {
      var command = try verb.parseAsRoot(
        verb.arguments(arguments, or: environment.configured))
      if let verb = command as? any HistoryVerb { return verb.run(in: environment).rawValue }
      // The parser's own command for --help, which throws its text.
      try command.run()
      return ProgramExit.done.rawValue
    } catch {
      let code = verb.exitCode(for: error)
      let sink = code == .success ? environment.output : environment.errors
      // Here alone the parser leaves out what comes before the verb.
      let text = verb.fullMessage(for: error)
        .replacing("See '\(verb.name) ", with: "See '\(verb.place) \(verb.name) ")
      try? sink.write(Array((text + "\n").utf8))
      return code.rawValue
    }
  }
}
