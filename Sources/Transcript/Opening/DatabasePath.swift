import Glibc

/// Where the transcript is when nobody says otherwise.
public enum DatabasePath {
  /// `option`, else `$CHATSERVE_DATABASE`, else `chatserve/transcript.db`
  /// below `$XDG_STATE_HOME`, else below `~/.local/state` (XDG Base Directory
  /// Specification; a relative `$XDG_STATE_HOME` is ignored, as it demands).
  ///
  /// - Returns: `nil` when there is no home directory either.
  public static func choose(option: String?) -> String? {
    if let option, !option.isEmpty { return option }
    if let path = value("CHATSERVE_DATABASE") { return path }
    let tail = "/chatserve/transcript.db"
    if let state = value("XDG_STATE_HOME"), state.hasPrefix("/") { return state + tail }
    if let home = value("HOME"), home.hasPrefix("/") { return home + "/.local/state" + tail }
    guard let entry = getpwuid(getuid()), let home = entry.pointee.pw_dir else { return nil }
    return String(cString: home) + "/.local/state" + tail
  }

  private static func value(_ name: String) -> String? {
    guard let text = getenv(name).map({ String(cString: $0) }), !text.isEmpty else { return nil }
    return text
  }
}
