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
    "(" + values.map { parameter($0) }.joined(separator: ", ") + ")"
  }

  /// - Parameter clause: SQL of ours; never a user's text.
  mutating func require(_ clause: String) {
    clauses.append(clause)
  }

  mutating func requireAny(_ clauses: [String]) {
    if !clauses.isEmpty { require("(" + clauses.joined(separator: " OR ") + ")") }
  }

  /// `WHERE …`, or nothing.
  var sql: String { clauses.isEmpty ? "" : "WHERE " + clauses.joined(separator: " AND ") }

  func bind(to statement: Statement) {
    for (index, value) in values.enumerated() {
      switch value {
      case .integer(let integer): statement.bind(integer, at: index + 1)
      case .text(let text): statement.bind(text, at: index + 1)
      }
    }
  }
}
