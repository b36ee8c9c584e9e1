import Glibc

/// The environment variables this program was started with. environ(7).
public enum Environment {
  /// The value of `name`; nil when it is not set. Bytes that are not UTF-8
  /// become U+FFFD. getenv(3).
  public static func value(of name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// `$HOME` where that is an absolute path, else ``homeDirectory``. `variable` gives the
  /// value of one.
  public static func home(_ variable: (String) -> String? = value(of:)) -> String? {
    variable("HOME").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? homeDirectory
  }

  /// Where programs have what configures them: `$XDG_CONFIG_HOME`, else `~/.config` (XDG Base
  /// Directory Specification; a relative `$XDG_CONFIG_HOME` is ignored, as it demands).
  ///
  /// - Returns: `nil` when there is no home directory either.
  public static func configurationDirectory(
    _ variable: (String) -> String? = value(of:)
  ) -> String? {
    if let named = variable("XDG_CONFIG_HOME"), named.hasPrefix("/") { return named }
    return home(variable).map { $0 + "/.config" }
  }

  /// Sets a variable for all that this process starts from now on. setenv(3); what is behind
  /// a NUL is left out, and not while another thread reads the environment.
  public static func set(_ name: String, _ value: String) { _ = setenv(name, value, 1) }

  /// Forgets a variable, for this process and all that it starts. unsetenv(3); not while
  /// another thread reads the environment.
  static func remove(_ name: String) { _ = unsetenv(name) }

  /// The name of this process's user; `nil` for one that is not in the user database.
  /// getpwuid(3).
  public static var userName: String? {
    guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return nil }
    return String(cString: name)
  }

  /// The home directory of this process's user, as the user database has it;
  /// `nil` for a user that is not in it. getpwuid(3).
  public static var homeDirectory: String? {
    guard let entry = getpwuid(getuid()), let home = entry.pointee.pw_dir else { return nil }
    return String(cString: home)
  }
}
