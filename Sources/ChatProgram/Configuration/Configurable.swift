public import ArgumentParser
import ChatPosix

/// A program whose long options may also be given by a file,
/// `$XDG_CONFIG_HOME/PROGRAM/config`, and some by the environment.
public protocol Configurable: ParsableCommand {
  /// Arguments without which its command line is none; they stand in for those when an
  /// option is read alone.
  static var placeholders: [String] { get }
  /// Options that do something once, and so are to be typed.
  static var acts: Set<String> { get }
  /// The variables that give options, by these.
  static var variables: [String: String] { get }
  /// Those of them that the program reads by itself where no option is given.
  static var ownVariables: Set<String> { get }

  var config: ConfigOptions { get }

  /// What is wrong with a value that the parser takes, as a sentence of the program's.
  func fault() -> String?
  /// What is in force of an option that nothing gives.
  func meaning(of name: String) -> String?
  /// Options about which these that were typed leave nothing for the environment and the file
  /// to say: they are given otherwise than by name, or contradict one that is.
  func settled() -> Set<String>
}

extension Configurable {
  public static var placeholders: [String] { [] }
  public static var acts: Set<String> { [] }
  public static var ownVariables: Set<String> { [] }

  static var program: String { configuration.commandName ?? "" }

  /// Runs the program from its arguments, its file and the environment. Starts no thread: the
  /// server forks.
  public static func start() {
    start { (command: inout any ParsableCommand) in try command.run() }
  }

  /// The same, with `run` in place of what the parsed command does by itself.
  public static func start(_ run: (inout any ParsableCommand) throws -> Void) {
    do throws(SystemCallError) {
      // A descriptor 0, 1 or 2 that is closed would become a connection.
      try StandardDescriptors.ensureOpen()
    } catch {
      ProgramExit.osError.leave(SharedWords.system(error, program: program))
    }
    let typed = Array(CommandLine.arguments.dropFirst())
    if VersionOption.isAll(of: typed) {
      exit(withError: CleanExit.message(Version.whole))
    }
    let arguments: [String]
    do throws(ConfigError) {
      arguments = try CommandSources<Self>(typed)?.arguments ?? typed
    } catch {
      ProgramExit.configuration.leave(ConfigWords.sentence(error, program: program))
    }
    do {
      var command = try parseAsRoot(arguments)
      try run(&command)
    } catch {
      exit(withError: error)
    }
  }

  /// What its file says of some options, by their names: for its other commands, which have
  /// them too. Of a bad file nothing is used, and the program ends. Nothing after
  /// `--no-config`, which `typed`, the program's whole line, may have.
  public static func configured(_ names: Set<String>, typed: [String]) -> [String: String] {
    if typed.turnsOn("no-config") { return [:] }
    do throws(ConfigError) {
      var values: [String: String] = [:]
      for entry in try ConfigFile.read(for: Self.self)?.entries ?? []
      where names.contains(entry.name) {
        // The environment counts before the file.
        let variable = variables[entry.name].flatMap(Environment.value(of:)) ?? ""
        if variable.isEmpty { values[entry.name] = entry.value }
      }
      return values
    } catch {
      ProgramExit.configuration.leave(ConfigWords.sentence(error, program: program))
    }
  }
}

extension ParsableCommand {
  /// `typed`, and before it those of `values` for which this command has an option that
  /// `typed` does not give. Of a flag the value is `yes` or `no`, also where it is typed, as
  /// `--plain=no`.
  package static func arguments(_ typed: [String], or values: [String: String]) -> [String] {
    let flags = flagNames
    let names = values.isEmpty ? [] : listedNames
    let missing = values.filter { names.contains($0.key) && !typed.gives($0.key) }
    let given = missing.sorted { $0.key < $1.key }.compactMap { name, value in
      if flags.contains(name) { return value == "yes" ? "--\(name)" : nil }
      return "--\(name)=\(value)"
    }
    return given + typed.withFlagsResolved(flags)
  }
}

extension [String] {
  /// Whether one of these words, as they are typed, is the long option `name`.
  func gives(_ name: String) -> Bool {
    prefix { $0 != "--" }.contains { $0 == "--\(name)" || $0.hasPrefix("--\(name)=") }
  }

  /// Whether the last of them about the flag `name` does not take it back.
  func turnsOn(_ name: String) -> Bool {
    prefix { $0 != "--" }.last { $0 == "--\(name)" || $0.hasPrefix("--\(name)=") }
      .map { $0 != "--\(name)=no" } ?? false
  }

  /// Without those about the file, for a command whose parser has no option for them.
  public func withoutConfigWords() -> [String] {
    let options = prefix { $0 != "--" }
    return options.filter { $0 != "--no-config" && !$0.hasPrefix("--no-config=") }
      + self[options.endIndex...]
  }

  /// Each of `flags` once, or not at all after `--flag=no`; any other value is left for the
  /// parser to refuse.
  fileprivate func withFlagsResolved(_ flags: Set<String>) -> [String] {
    let options = prefix { $0 != "--" }
    let typed = flags.filter { name in
      options.contains { ["--\(name)=yes", "--\(name)=no"].contains($0) }
    }
    if typed.isEmpty { return self }
    let words = Set(typed.flatMap { ["--\($0)", "--\($0)=yes", "--\($0)=no"] })
    return typed.filter(turnsOn).sorted().map { "--\($0)" }
      + options.filter { !words.contains($0) } + self[options.endIndex...]
  }

  /// Whether nothing but a text about the program is asked for.
  var asksForHelp: Bool {
    prefix { $0 != "--" }.contains { ["-h", "--help", "-V", "--version"].contains($0) }
  }
}

/// The options about the file.
public struct ConfigOptions: ParsableArguments {
  @Flag(help: "Leave the configuration file alone.")
  public var noConfig = false

  @Flag(help: "Show what each option is set to, and where; do nothing else.")
  public var printConfig = false

  public init() {}
}
