/// Where the transcript is.
enum DatabaseLocation {
  struct Found: Hashable {
    var path: String
    /// Whether the user named it, so that its absence is an error.
    var isNamed: Bool
  }

  /// `--database`, then `$CHATSERVE_DATABASE`, then
  /// `${XDG_STATE_HOME:-~/.local/state}/chatserve/transcript.db`
  /// (XDG Base Directory Specification: a relative path there is ignored).
  ///
  /// - Throws: ``HistoryError/noHome``.
  static func find(
    option: String?, environment: (String) -> String?
  ) throws(HistoryError) -> Found {
    if let option { return Found(path: option, isNamed: true) }
    if let variable = environment("CHATSERVE_DATABASE"), !variable.isEmpty {
      return Found(path: variable, isNamed: true)
    }
    let name = "chatserve/transcript.db"
    if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return Found(path: "\(state)/\(name)", isNamed: false)
    }
    guard let home = environment("HOME"), !home.isEmpty else { throw .noHome }
    return Found(path: "\(home)/.local/state/\(name)", isNamed: false)
  }
}
