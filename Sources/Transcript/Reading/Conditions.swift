/// The WHERE of a query, grown from fixed pieces of SQL; what users gave is
/// only ever bound.
struct Conditions {
  private var clauses: [String] = []
  private(set) var values: [SQLValue] = []

  /// The next free parameter, `?N`, given `value`.
  mutating func parameter(_ value: SQLValue) -> String {
    values.append(value)
    return "?\(values.count)"
  }

  mutating func parameter(_ value: Int64) -> String { parameter(.integer(value)) }

  /// A parenthesised list of parameters, for IN.
  mutating func list(_ values: [SQLValue]) -> String {
    "(" + Self.list(values.map { parameter($0) }, separator: ", ") + ")"
  }

  /// - Parameter clause: SQL of ours; never a user's text.
  mutating func require(_ clause: String) {
    clauses.append(clause)
  }

  mutating func requireAny(_ clauses: [String]) {
    if !clauses.isEmpty { require("(" + Self.list(clauses, separator: " OR ") + ")") }
  }

  /// Forgets what was required, but not the parameters of it.
  mutating func removeClauses() { clauses = [] }

  /// `AND …`, or nothing: behind another condition.
  var joinSQL: String { clauses.isEmpty ? "" : "AND " + Self.list(clauses, separator: " AND ") }

  /// `WHERE …`, or nothing.
  var sql: String {
    clauses.isEmpty ? "" : "WHERE " + Self.list(clauses, separator: " AND ")
  }

  /// What `joined(separator:)` makes. That one is generic code in the library,
  /// and the first use of it searches all conformances of the program: 4 % of a
  /// short run.
  private static func list(_ parts: [String], separator: String) -> String {
    var text = parts.first ?? ""
    for part in parts.dropFirst() {
      text += separator
      text += part
    }
    return text
  }

  func bind(to statement: Statement) {
    for (index, value) in values.enumerated() { statement.bind(value, at: index + 1) }
  }
}

/// Ids from one to another, both included.
///
/// Not a `ClosedRange`: to make that type, Swift's runtime looks through the
/// program's four thousand conformances for how `Int64` compares, which is a
/// tenth of what a short `chatserve history` costs.
package struct IDRange: Hashable, Sendable {
  package let lowerBound: Int64
  package let upperBound: Int64

  /// The ids between the two, in whichever order they are.
  package init(_ one: Int64, _ other: Int64) {
    lowerBound = min(one, other)
    upperBound = max(one, other)
  }

  package init(_ id: Int64) { self.init(id, id) }

  /// The same ids in as few ranges as there can be, in their order.
  package static func merged(_ ranges: [IDRange]) -> [IDRange] {
    var merged: [IDRange] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      // The first is never below the last's, so nothing overflows.
      if let last = merged.last,
        range.lowerBound <= last.upperBound
          || range.lowerBound - 1 == last.upperBound
      {
        merged[merged.count - 1] = IDRange(
          last.lowerBound, max(last.upperBound, range.upperBound))
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}
