import Glibc

/// The environment variables this program was started with. environ(7).
public enum Environment {
  /// The value of `name`; nil when it is not set. Bytes that are not UTF-8
  /// become U+FFFD. getenv(3).
  public static func value(of name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
  /// The home directory of this process's user, as the user database has it;
  /// `nil` for a user that is not in it. getpwuid(3).
  public static var homeDirectory: String? {
    guard let entry = getpwuid(getuid()), let home = entry.pointee.pw_dir else { return nil }
    return String(cString: home)
  }
}
