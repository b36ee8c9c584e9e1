import Transcript

extension OutputOptions {
  /// The format of events.
  func format(
    _ session: HistorySession, _ selection: Selection, fallback: FormatName = .text,
    isFile: Bool = false
  ) -> any HistoryFormat {
    let terminator = null ? "\0" : "\n"
    let zone = session.zone
    let environment = session.environment
    let isTerminal = environment.isTerminal && !isFile
    switch format ?? fallback {
    case .text where isTerminal && !null:
      return TerminalFormat(
        zone: zone, screen: Screen(columns: environment.columns, width: environment.width),
        palette: session.palette(color), isExcerpt: selection.isSearch,
        marksGaps: selection.hasContext)
    case .text:
      return LineFormat(
        zone: zone, terminator: terminator, marksGaps: selection.hasContext,
        palette: isFile && color == .auto ? Palette(isOn: false) : session.palette(color))
    case .tsv: return TSVFormat(zone: zone, terminator: terminator)
    case .csv: return CSVFormat(isForTerminal: isTerminal)
    case .json: return JSONFormat()
    case .jsonPretty: return JSONFormat(isPretty: true)
    case .transcript: return TranscriptFormat()
    case .markdown: return MarkdownFormat(zone: zone)
    case .html: return HTMLFormat(zone: zone)
    }
  }
}
