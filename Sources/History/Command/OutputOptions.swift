import ArgumentParser
import ChatProgram
import ChatTerminal
import Transcript

/// How it is shown: the same on every verb that shows events.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("n", allowingJoined: true), .customLong("lines")],
    help: ArgumentHelp("Only the newest so many, after all filters.", valueName: "n"))
  var limit: Int?

  @Flag(name: [.short, .long], help: "Turn the order round.")
  var reverse = false

  @Option(
    name: [.customShort("o", allowingJoined: true), .customLong("output-format")],
    help: ArgumentHelp(
      "text, tsv, csv, json, json-pretty, transcript, markdown or html.", valueName: "format"))
  var format: FormatName?

  @Flag(help: "The same as -o json.")
  var json = false

  @Flag(name: [.customShort("0"), .customLong("null")], help: "End lines with NUL.")
  var null = false

  @Option(
    name: .customLong("color"), help: ArgumentHelp("auto, always or never.", valueName: "when"))
  var color: ColorChoice = .auto

  @Flag(name: [.customShort("P"), .long], help: "Do not page.")
  var noPager = false

  @Flag(name: [.short, .long], help: "Print how many there are.")
  var count = false

  @OptionGroup var common: CommonOptions

  mutating func validate() throws {
    if json { format = try FormatName.json(orGiven: format) }
  }
}

/// Where from, and in which zone: the same on every verb.
struct CommonOptions: ParsableArguments {
  @Option(
    name: .customLong("tz"), parsing: .unconditional,
    help: ArgumentHelp("Show times in local, utc, +HH:MM or Area/City.", valueName: "zone"),
    completion: .list(["local", "utc"]))
  var zone = "local"

  @Flag(help: "Show times in UTC.")
  var utc = false

  @Flag(name: [.short, .long], help: "Say nothing but what was asked for.")
  var quiet = false

  @Option(
    help: ArgumentHelp("The transcript; given again, several.", valueName: "path"),
    completion: .file())
  var database: [String] = []
}

/// The formats of `-o`.
enum FormatName: String, CaseIterable, ExpressibleByArgument {
  case text
  case tsv
  case csv
  case json
  case jsonPretty = "json-pretty"
  case transcript
  case markdown
  case html

  /// What `--json` means beside `-o`, of which `given` is the value.
  ///
  /// - Throws: `ValidationError`, for another format.
  static func json(orGiven given: FormatName?) throws -> FormatName {
    if let given, given != .json, given != .jsonPretty {
      throw ValidationError("--json and -o \(given.rawValue) contradict each other.")
    }
    return given ?? .json
  }

  /// The format that the ending of a file's name says, in either case; `nil`
  /// when it says none.
  init?(endingOf path: String) {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return nil }
    switch name[name.index(after: dot)...].lowercased() {
    case "txt", "text", "log": self = .text
    case "tsv": self = .tsv
    case "csv": self = .csv
    case "json", "jsonl", "ndjson": self = .json
    case "md", "markdown": self = .markdown
    case "html", "htm": self = .html
    default: return nil
    }
  }

  /// Whether it reads as a document, one conversation after the other.
  var isDocument: Bool {
    switch self {
    case .transcript, .markdown, .html: true
    case .text, .tsv, .csv, .json, .jsonPretty: false
    }
  }
}

extension OutputOptions {
  /// The format of events.
  func format(
    _ session: HistorySession, _ selection: Selection, fallback: FormatName = .text,
    isFile: Bool = false, isPaged: Bool = true
  ) -> any HistoryFormat {
    let terminator = null ? "\0" : "\n"
    let zone = session.zone
    let environment = session.environment
    let isTerminal = environment.isTerminal && !isFile
    let palette = session.palette(
      isFile && color == .auto ? .never : color, through: isPaged ? session.pager(self) : nil)
    switch format ?? fallback {
    case .text where isTerminal && !null:
      return TerminalFormat(
        zone: zone, screen: Screen(environment),
        palette: palette, isExcerpt: selection.isSearch,
        marksGaps: selection.hasContext, longestName: session.longestName)
    case .text:
      return LineFormat(
        zone: zone, terminator: terminator, marksGaps: selection.hasContext,
        palette: palette)
    case .tsv: return TSVFormat(zone: zone, terminator: terminator)
    case .csv: return CSVFormat(isForTerminal: isTerminal)
    case .json: return JSONFormat()
    case .jsonPretty: return JSONFormat(isPretty: true)
    case .transcript:
      var screen = Screen(environment)
      if !isTerminal { screen.columns = nil }
      return TranscriptFormat(screen: screen)
    case .markdown: return MarkdownFormat(zone: zone)
    case .html: return HTMLFormat(zone: zone)
    }
  }
}
