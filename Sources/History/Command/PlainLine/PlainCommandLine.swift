/// A command line without anything out of the ordinary.
enum PlainCommandLine {
  /// The verb that `arguments`, without `history`, spell; `nil` when only the
  /// argument parser can tell.
  static func verb(_ arguments: [String]) -> (any HistoryVerb)? {
    let rest = arguments.dropFirst()
    return switch arguments.first {
    case "list": ListCommand.read(rest)
    case "show": ShowCommand.read(rest)
    case "search": SearchCommand.read(rest)
    case "tail": TailCommand.read(rest)
    case "stats": StatsCommand.read(rest)
    case "export": ExportCommand.read(rest)
    case "verify": VerifyCommand.read(rest)
    case "prune": PruneCommand.read(rest)
    case "path": PathCommand.read(rest)
    default: ListCommand.read(arguments[...])
    }
  }
}
