import ChatPosix

/// Where the transcript is.
package struct DatabasePath: Hashable, Sendable {
  package let path: String
  /// Whether the user named it, so that its absence is a mistake; the default
  /// place may be empty.
  package let isNamed: Bool

  /// `option`, else `$CHATSERVE_DATABASE`, else `chatserve/transcript.db`
  /// below `$XDG_STATE_HOME`, else below `~/.local/state` (XDG Base Directory
  /// Specification; a relative `$XDG_STATE_HOME` is ignored, as it demands).
  /// What is empty counts as not given.
  ///
  /// - Parameters:
  ///   - option: what the command line says.
  ///   - environment: gives the value of a variable; this process's own unless
  ///     another is given.
  /// - Returns: `nil` when there is no home directory either.
  package static func find(
    option: String?, environment: (String) -> String? = Environment.value(of:)
  ) -> DatabasePath? {
    func given(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }

    if let option, !option.isEmpty { return DatabasePath(path: option, isNamed: true) }
    if let path = given("CHATSERVE_DATABASE") { return DatabasePath(path: path, isNamed: true) }
    let tail = "/chatserve/transcript.db"
    if let state = given("XDG_STATE_HOME"), state.hasPrefix("/") {
      return DatabasePath(path: state + tail, isNamed: false)
    }
    let home = given("HOME").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? Environment.homeDirectory
    guard let home else { return nil }
    return DatabasePath(path: home + "/.local/state" + tail, isNamed: false)
  }

  /// The path alone of ``find(option:environment:)``.
  package static func choose(option: String?) -> String? { find(option: option)?.path }
}
