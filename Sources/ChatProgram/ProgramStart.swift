public import ArgumentParser
import ChatSecure

/// `-V`, `--version`: in place of the argument parser's own, which has no short
/// name.
public struct VersionOption: ParsableArguments {
  @Flag(name: [.customShort("V"), .long], help: "Show the version.")
  public var version = false

  public init() {}

  public func validate() throws {
    if version { throw CleanExit.message(Version.whole) }
  }

  /// Whether the version alone is asked for, which is answered without the
  /// arguments that a program cannot do without.
  static func isAll(of arguments: [String]) -> Bool {
    arguments == ["-V"] || arguments == ["--version"]
  }
}

/// The version of both programs, as CHANGELOG.md counts.
public enum Version {
  public static let text = "0.1.0"

  /// With that of the library that encrypts, which has mends of its own.
  static var whole: String { "\(text) (OpenSSL \(SecureLibrary.version))" }
}
