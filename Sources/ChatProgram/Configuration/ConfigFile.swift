import ArgumentParser
import ChatPosix

/// Why what a file or the environment gives cannot be used.
package enum ConfigError: Error {
  /// The place cannot be read, or is not to be trusted.
  case file(PrivateFileError, path: String)
  case content(ConfigFault, path: String)
  /// What a variable gives.
  case variable(String, refused: String)
  /// A flag that was typed with something else than yes or no.
  case typed(ConfigFault.Kind)
}

/// A program's configuration file, each line of which its own parser takes.
package struct ConfigFile {
  package let path: String
  package let entries: [ConfigEntry]

  /// `PROGRAM/config` in the directory for configuration; `nil` when there is none.
  package static func path(for program: String) -> String? {
    Environment.configurationDirectory().map { "\($0)/\(program)/config" }
  }

  /// - Returns: `nil` when there is none.
  package static func read<Command: Configurable>(
    for command: Command.Type
  ) throws(ConfigError) -> ConfigFile? {
    guard let path = path(for: command.program) else { return nil }
    let bytes: [UInt8]?
    do throws(PrivateFileError) {
      bytes = try PrivateFile.configuration(
        at: FilePath(path), limit: ConfigEntry.mostBytes + 1)
    } catch {
      throw .file(error, path: path)
    }
    guard let bytes else { return nil }
    do throws(ConfigFault) {
      return ConfigFile(path: path, entries: try checked(ConfigEntry.entries(in: bytes), command))
    } catch {
      throw .content(error, path: path)
    }
  }

  /// The entries with home directories written out, each tried alone, so that what is wrong
  /// has a line.
  static func checked<Command: Configurable>(
    _ entries: [ConfigEntry], _ command: Command.Type
  ) throws(ConfigFault) -> [ConfigEntry] {
    if entries.isEmpty { return [] }
    let options = command.declaredOptions(command.parsed(command.placeholders))
    var checked: [ConfigEntry] = []
    for entry in entries {
      let name = entry.name
      guard options.names.contains(name) else {
        let meant = SpellingHint.nearest(
          to: String(name.drop { $0 == "-" }), in: options.names.filter { !command.isAct($0) })
        throw ConfigFault(entry.line, .unknown(name, meant: meant))
      }
      if command.isAct(name) { throw ConfigFault(entry.line, .toBeTyped(name)) }
      if options.isFlag(name) {
        guard ["yes", "no"].contains(entry.value) else {
          throw ConfigFault(entry.line, .notYesOrNo(name, entry.value))
        }
        checked.append(entry)
        continue
      }
      let whole = ConfigEntry(line: entry.line, name: name, value: inHome(entry.value))
      if let fault = command.fault(of: whole.value, for: name) {
        throw ConfigFault(entry.line, .refused(fault))
      }
      checked.append(whole)
    }
    return checked
  }

  /// No shell reads the file, and everybody expects it.
  private static func inHome(_ value: String) -> String {
    guard value.hasPrefix("~/"), let home = Environment.home() else { return value }
    return home + value.dropFirst(1)
  }
}

extension Configurable {
  static func isAct(_ name: String) -> Bool {
    acts.contains(name) || ["version", "help", "no-config", "print-config"].contains(name)
  }

  /// The command that `arguments` spell; `nil` when they spell none.
  static func parsed(_ arguments: [String]) -> Self? {
    (try? parseAsRoot(arguments)) as? Self
  }

  static func declaredOptions(_ command: Self?) -> DeclaredOptions {
    guard let command else { fatalError("\(program) cannot be parsed from its placeholders") }
    return DeclaredOptions(of: command, listedIn: listedNames)
  }

  /// What there is against this value of an option, as a sentence without the program's name.
  static func fault(of value: String, for name: String) -> String? {
    do {
      let command = try parseAsRoot(placeholders + ["--\(name)=\(value)"])
      guard let sentence = (command as? Self)?.fault() else { return nil }
      return String(sentence.trimmingPrefix("\(program): "))
    } catch {
      return message(for: error).split(separator: "\n").first.map(String.init)
    }
  }
}
