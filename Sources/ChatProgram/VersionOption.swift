public import ArgumentParser

/// `-V`, `--version`: in place of the argument parser's own, which has no short
/// name.
public struct VersionOption: ParsableArguments {
  @Flag(name: [.customShort("V"), .long], help: "Show the version.")
  public var version = false

  public init() {}

  public func validate() throws {
    if version { throw CleanExit.message(Version.text) }
  }

  /// Whether the version alone is asked for, which is answered without the
  /// arguments that a program cannot do without.
  static func isAll(of arguments: [String]) -> Bool {
    arguments == ["-V"] || arguments == ["--version"]
  }
}
