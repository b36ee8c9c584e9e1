import ChatCore
import Transcript

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
  private static func names<Name: RawRepresentable<String> & Hashable>(
    _ values: [String], option: String
  ) throws(HistoryError) -> Set<Name> {
    var names: Set<Name> = []
    for value in values {
      for part in value.split(separator: ",", omittingEmptySubsequences: false) {
        guard let name = Name(rawValue: String(part)) else {
          throw .value(String(part), option: option)
        }
        names.insert(name)
      }
    }
    return names
  }

  static func count(_ value: Int?, option: String) throws(HistoryError) -> Int? {
    if let value, value < 0 { throw .value(String(value), option: option) }
    return value
  }
}

extension Archive {
  /// The ids that a user's references mean now.
  ///
  /// - Throws: ``HistoryError``, for what is no reference, or one to nothing.
  func resolve(_ references: [String]) throws(HistoryError) -> [ClosedRange<Int64>] {
    var ranges: [ClosedRange<Int64>] = []
    for text in references {
      guard let range = ConversationRange(text) else { throw .reference(text) }
      guard let first = try resolve(range.first), let last = try resolve(range.last) else {
        throw .unknownConversation(text)
      }
      let ids = min(first, last)...max(first, last)
      do {
        guard try hasConversation(in: ids) else {
          throw HistoryError.unknownConversation(text)
        }
      } catch { throw HistoryError(error) }
      ranges.append(ids)
    }
    return ranges
  }

  private func resolve(_ reference: ConversationReference) throws(HistoryError) -> Int64? {
    switch reference {
    case .id(let id): return id
    case .newest(let count):
      do {
        return try newestConversation(skipping: count)
      } catch {
        throw HistoryError(error)
      }
    }
  }
}
