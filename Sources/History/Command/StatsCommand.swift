import ArgumentParser
import ChatCore
import ChatProgram
import Transcript

/// `history stats`: how much was said, when, by whom.
struct StatsCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "stats", abstract: "Count messages by day, handle and conversation.")

  @Option(help: ArgumentHelp("day or hour.", valueName: "unit"))
  var by: StatisticsBuilder.Unit = .day

  @Flag(help: "Draw with ASCII alone.")
  var ascii = false

  @Flag(help: "Draw the hours and the week also where no terminal is.")
  var plots = false

  @OptionGroup var filters: FilterOptions
  @OptionGroup var options: OutputOptions

  var common: CommonOptions { options.common }

  /// A month, and a screen with room for the rest.
  private static let defaultBars = 31

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    let selection = try filters.selection(session)
    let bars = try FilterOptions.count(options.limit, option: "-n") ?? Self.defaultBars
    let format = options.format ?? .text
    guard [.text, .json, .jsonPretty, .html].contains(format) else {
      throw .value(
        format.rawValue, option: "stats -o", takes: "text, json, json-pretty, html")
    }
    guard let library = try session.library() else { return .done }
    if library.isSeveral, selection.filter.after != nil {
      throw .notOfSeveral(option: "--after-event")
    }
    do {
      let report = try report(library, selection, session)
      var output = session.output(options)
      switch format {
      case .json, .jsonPretty:
        StatisticsJSON.object(report, zone: session.zone, unit: by)
          .write(isPretty: format == .jsonPretty, into: &output)
        output.write("\n")
      case .html:
        StatisticsPage(zone: session.zone, unit: by, maximumBars: bars)
          .write(report, into: &output)
      default:
        let environment = session.environment
        StatisticsText(
          zone: session.zone,
          screen: Screen(environment), unit: by,
          isPlain: ascii || environment.variable("TERM") == "dumb"
            || !Self.isUTF8(environment.variable),
          maximumBars: bars,
          hasPlots: plots || environment.isTerminal
        ).write(report, into: &output)
      }
      output.flush()
      try session.check(output)
      return .done
    } catch {
      throw HistoryError(error)
    }
  }

  private func report(
    _ library: Library, _ selection: Selection, _ session: HistorySession
  ) throws(TranscriptError) -> StatisticsReport {
    if !library.isSeveral, let only = library.archives.first {
      return try report(only, selection, session)
    }
    var sum = StatisticsReport()
    for archive in library.archives {
      do throws(TranscriptError) {
        sum.add(try report(archive, selection, session), of: archive.name)
      } catch {
        session.fail(.transcript(error))
      }
    }
    return sum
  }

  private func report(
    _ archive: Archive, _ selection: Selection, _ session: HistorySession
  ) throws(TranscriptError) -> StatisticsReport {
    var builder = StatisticsBuilder(zone: session.zone, unit: by)
    // The whole is counted already.
    if selection.isEverything, try archive.totals({ builder.add($0) }) { return builder.finish() }
    var lookedUp: Set<Int64> = []
    if !selection.states.isEmpty {
      let cursor = archive.conversations(
        selection.conversations, newestFirst: false, counting: false)
      while let conversation = try cursor.next() { lookedUp.insert(conversation.id) }
    }
    let progress = Progress(session, "counting", "event") {
      // A row without a bar is one too.
      try? archive.count(selection.filter)
    }
    var count = 0
    try archive.tally(selection.filter, means: selection.means) {
      (event) throws(TranscriptError) in
      count += 1
      progress.show(count)
      if !selection.states.isEmpty, !lookedUp.contains(event.conversation) { return }
      builder.add(event)
      try addEnded(to: &builder, archive, isLast: false)
    }
    try addEnded(to: &builder, archive, isLast: true)
    progress.clear()
    return builder.finish()
  }

  private func addEnded(
    to builder: inout StatisticsBuilder, _ archive: Archive, isLast: Bool
  ) throws(TranscriptError) {
    for begun in builder.takeEnded(isLast: isLast) {
      builder.add(
        .conversation(try archive.counted(begun.id, first: begun.first, begun.talk)))
    }
  }

  /// Whether the locale writes UTF-8, as setlocale(3) would decide.
  private static func isUTF8(_ variable: (String) -> String?) -> Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    guard let locale = names.lazy.compactMap(variable).first(where: { !$0.isEmpty }) else {
      return false
    }
    let upper = locale.uppercased()
    return upper.hasSuffix("UTF-8") || upper.hasSuffix("UTF8")
  }
}

extension StatisticsBuilder.Unit: ExpressibleByArgument {}
