import ArgumentParser

/// `chatserve history [VERB]`: browses what was said.
public struct HistoryCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "history",
    _superCommandName: "chatserve",
    abstract: "Browse what was said.",
    subcommands: [
      ListCommand.self, ShowCommand.self, SearchCommand.self, TailCommand.self,
      StatsCommand.self, ExportCommand.self, VerifyCommand.self, PruneCommand.self,
      PathCommand.self,
    ],
    defaultSubcommand: ListCommand.self)

  public init() {}

  /// Runs the command that `arguments`, without `history`, spell, and ends
  /// the process with what it ends with. In place of the argument parser's
  /// own, which reads every line the slow way; see ``PlainlyRead``.
  public static func main(_ arguments: [String]) {
    let code = run(arguments, in: .ofProcess())
    if code != HistoryExit.done.rawValue { exit(withError: ExitCode(code)) }
  }

  /// The words that may come first.
  static var verbs: [String] {
    configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  /// Whether `arguments` begin with a word that is no verb: the parser would
  /// hold it against `list`.
  private static func isUnknownVerb(_ arguments: [String]) -> Bool {
    guard let first = arguments.first, !first.isEmpty, !first.hasPrefix("-") else { return false }
    return first != "help" && !verbs.contains(first)
  }

  /// The verb that the argument parser takes `arguments` for; `nil` when they
  /// ask for help.
  static func parsedVerb(_ arguments: [String]) throws -> (any HistoryVerb)? {
    try parseAsRoot(arguments) as? any HistoryVerb
  }

  /// Runs the command that `arguments`, without `history`, spell, in a world
  /// that is not the process's own.
  ///
  /// - Returns: what the program would end with.
  public static func run(_ arguments: [String], in surroundings: Surroundings) -> Int32 {
    if let verb = PlainCommandLine.verb(arguments) { return verb.run(in: surroundings).rawValue }
    if let first = arguments.first, isUnknownVerb(arguments) {
      return surroundings.tell(.verb(first)).rawValue
    }
    do {
      let command = try parseAsRoot(arguments)
      guard let verb = command as? any HistoryVerb else {
        // `help` among them: it throws its text.
        var command = command
        try command.run()
        return HistoryExit.done.rawValue
      }
      return verb.run(in: surroundings).rawValue
    } catch {
      let code = exitCode(for: error)
      let sink = code == .success ? surroundings.output : surroundings.errors
      // Here alone the parser leaves out the program's name.
      let text = fullMessage(for: error).replacing("See 'history", with: "See 'chatserve history")
      try? sink.write(Array((text + "\n").utf8))
      return code.rawValue
    }
  }
}
