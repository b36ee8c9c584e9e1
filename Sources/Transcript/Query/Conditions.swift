/// The WHERE of a query, grown from fixed pieces of SQL; what users gave is
/// only ever bound.
struct Conditions {
  enum Value: Hashable {
    case integer(Int64)
    case text(String)
  }

  private var clauses: [String] = []
  private(set) var values: [Value] = []

  /// The next free parameter, `?N`, given `value`.
  mutating func parameter(_ value: Value) -> String {
    values.append(value)
    return "?\(values.count)"
  }

  mutating func parameter(_ value: Int64) -> String { parameter(.integer(value)) }

  /// A parenthesised list of parameters, for IN.
  mutating func list(_ values: [Value]) -> String {
    "(" + Self.list(values.map { parameter($0) }, separator: ", ") + ")"
  }

  /// - Parameter clause: SQL of ours; never a user's text.
  mutating func require(_ clause: String) {
    clauses.append(clause)
  }

  mutating func requireAny(_ clauses: [String]) {
    if !clauses.isEmpty { require("(" + Self.list(clauses, separator: " OR ") + ")") }
  }

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
    for (index, value) in values.enumerated() {
      switch value {
      case .integer(let integer): statement.bind(integer, at: index + 1)
      case .text(let text): statement.bind(text, at: index + 1)
      }
    }
  }
}
