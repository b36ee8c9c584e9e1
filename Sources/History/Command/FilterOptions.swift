import ArgumentParser
import ChatCore
import Transcript

/// Which conversations and events: the same on every verb that shows some.
struct FilterOptions: ParsableArguments {
  @Option(name: .customLong("with"), help: "Conversations with this client.")
  var with: [String] = []

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp("What HANDLE said, or the server, or the client.", valueName: "handle"),
    completion: .list(["server", "client"]))
  var from: [String] = []

  @Option(
    name: [.customShort("S", allowingJoined: true), .long], parsing: .unconditional,
    help: ArgumentHelp("Not before this time; a day counts from its midnight.", valueName: "time"))
  var since: String?

  @Option(
    name: [.customShort("U", allowingJoined: true), .long], parsing: .unconditional,
    help: ArgumentHelp("Not after this time; a day counts to its end.", valueName: "time"))
  var until: String?

  @Option(
    name: .customLong("on"), parsing: .unconditional,
    help: ArgumentHelp("On this day.", valueName: "day"))
  var on: String?

  @Option(
    name: [.customShort("g", allowingJoined: true), .customLong("grep")],
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Messages that this regular expression matches; without capitals it matches both cases.",
      valueName: "re"))
  var grep: [String] = []

  @Flag(name: [.customShort("F"), .long], help: "Take -g's pattern literally.")
  var fixedStrings = false

  @Flag(name: [.short, .long], help: "Ignore case in -g.")
  var ignoreCase = false

  @Flag(name: .long, help: "Never ignore case in -g.")
  var caseSensitive = false

  @Flag(name: [.customShort("v"), .long], help: "Messages that -g does not match.")
  var invertMatch = false

  @Option(
    name: [.customShort("A", allowingJoined: true), .long],
    help: ArgumentHelp("Show this many events after each match.", valueName: "n"))
  var afterContext: Int?

  @Option(
    name: [.customShort("B", allowingJoined: true), .long],
    help: ArgumentHelp("Show this many events before each match.", valueName: "n"))
  var beforeContext: Int?

  @Option(
    name: [.customShort("C", allowingJoined: true), .long],
    help: ArgumentHelp("Show this many events around each match.", valueName: "n"))
  var context: Int?

  @Option(
    help: ArgumentHelp("Conversations that are open, closed or lost.", valueName: "state"),
    completion: .list(["open", "closed", "lost"]))
  var state: [String] = []

  @Option(
    help: ArgumentHelp(
      "Events of these kinds: \(Self.kinds.joined(separator: ", ")).", valueName: "kinds"),
    completion: .list(Self.kinds))
  var kind: [String] = []

  private static let kinds = Event.Kind.allCases.map(\.rawValue)

  @Option(help: ArgumentHelp("Only events after this one.", valueName: "seq"))
  var afterEvent: Int64?
}

extension FilterOptions {
  /// What the options select.
  ///
  /// - Throws: ``HistoryError``, for a value that cannot be read.
  func selection(_ session: HistorySession) throws(HistoryError) -> Selection {
    var selection = Selection()
    selection.filter.clients = with
    selection.filter.speakers = from.map(Self.speaker)
    selection.filter.kinds = try Self.names(kind, option: "--kind")
    selection.states = try Self.names(state, option: "--state")
    selection.filter.after = afterEvent
    try addTimes(to: &selection, session)
    if !grep.isEmpty {
      selection.matcher = try TextMatcher(
        grep, isLiteral: fixedStrings,
        caseRule: ignoreCase ? .ignored : caseSensitive ? .kept : .smart, isInverted: invertMatch)
      if selection.filter.kinds.isEmpty { selection.filter.kinds = [.message] }
    }
    let most = Self.mostContext
    selection.contextBefore = min(most, try Self.count(beforeContext ?? context, option: "-B") ?? 0)
    selection.contextAfter = min(most, try Self.count(afterContext ?? context, option: "-A") ?? 0)
    return selection
  }

  /// More than any conversation holds, and far from overflowing.
  private static let mostContext = 1_000_000_000

  private func addTimes(
    to selection: inout Selection, _ session: HistorySession
  ) throws(HistoryError) {
    let zone = session.zone
    func form(_ text: String, _ option: String) throws(HistoryError) -> TimeForm {
      do {
        return try TimeForm(text, now: session.now, zone: zone)
      } catch {
        throw .time(error, option: option)
      }
    }
    if let on {
      let day = try form(on, "--on").day(in: zone)
      selection.filter.since = zone.start(of: day)
      selection.filter.until = zone.end(of: day)
    }
    if let since {
      let limit = try form(since, "--since").first(in: zone)
      selection.filter.since = max(selection.filter.since ?? limit, limit)
    }
    if let until {
      let limit = try form(until, "--until").last(in: zone)
      selection.filter.until = min(selection.filter.until ?? limit, limit)
    }
  }

  private static func speaker(_ text: String) -> EventFilter.Speaker {
    Party(rawValue: text).map(EventFilter.Speaker.party) ?? .handle(text)
  }

  /// Names parted by commas, of any number of options.
  private static func names<Name: RawRepresentable<String> & Hashable & CaseIterable>(
    _ values: [String], option: String
  ) throws(HistoryError) -> Set<Name> {
    var names: Set<Name> = []
    for value in values {
      for part in value.split(separator: ",", omittingEmptySubsequences: false) {
        guard let name = Name(rawValue: String(part)) else {
          let takes = Name.allCases.map(\.rawValue).joined(separator: ", ")
          throw .value(String(part), option: option, takes: takes)
        }
        names.insert(name)
      }
    }
    return names
  }

  static func count(_ value: Int?, option: String) throws(HistoryError) -> Int? {
    if let value, value < 0 { throw .value(String(value), option: option, takes: "0 or more") }
    return value
  }
}
