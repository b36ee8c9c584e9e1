import ArgumentParser
import ChatCore
import ChatPosix
import ChatProgram
import ChatServer
import History

/// Where a server's log goes.
enum LogStyle: String, CaseIterable, ExpressibleByArgument {
  /// Standard error, each line with its priority before it: sd-daemon(3).
  case journal
  /// Standard error, each line with its time.
  case stderr
  case none

  /// How urgent a line is, as syslog(3) counts.
  enum Priority: Int {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6

    var name: String {
      switch self {
      case .error: "error"
      case .warning: "warning"
      case .notice: "notice"
      case .info: "info"
      }
    }
  }

  /// `name="value"`, with a space between two: what any reader of logfmt takes apart again.
  static func fields(_ fields: [(name: String, value: String)]) -> String {
    fields.map { "\($0.name)=\(quoted($0.value))" }.joined(separator: " ")
  }

  /// In double quotes, with a backslash before those and before itself; a row for whatever
  /// is no visible character.
  private static func quoted(_ value: String) -> String {
    let shown = TextSanitizer.escapedOnOneLine(value)
    let text = shown.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(text)\""
  }

  /// One line, or nothing.
  func line(
    _ priority: Priority, _ fields: [(name: String, value: String)], at time: Timestamp
  ) -> String {
    switch self {
    case .none: return ""
    case .journal: return "<\(priority.rawValue)>" + Self.fields(fields)
    case .stderr:
      let stamp: [(name: String, value: String)] = [
        ("time", LogTime.text(of: time)), ("level", priority.name),
      ]
      return Self.fields(stamp + fields)
    }
  }
}
