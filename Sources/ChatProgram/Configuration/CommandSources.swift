import ArgumentParser
import ChatPosix

/// Where each option of a command line comes from: from what was typed, else the
/// environment, else the file.
struct CommandSources<Command: Configurable> {
  enum Source: Hashable {
    case typed
    case variable(String)
    case file(line: Int)
    case usual
  }

  /// What the parser is to read.
  private(set) var arguments: [String]
  private var file: ConfigFile?
  private var given: [String: (value: String, source: Source)] = [:]

  /// - Returns: `nil` when what was typed is all there is.
  init?(_ typed: [String]) throws(ConfigError) {
    if typed.asksForHelp { return nil }
    let printsAll = typed.turnsOn("print-config")
    file = typed.turnsOn("no-config") ? nil : try ConfigFile.read(for: Command.self)
    for (name, variable) in Command.variables {
      let value = Environment.value(of: variable) ?? ""
      if value.isEmpty { continue }
      if let fault = Command.fault(of: value, for: name) {
        throw .variable(variable, refused: fault)
      }
      given[name] = (value, .variable(variable))
    }
    for entry in file?.entries ?? [] where given[entry.name] == nil {
      given[entry.name] = (entry.value, .file(line: entry.line))
    }
    let hasFlagValue = typed.contains { $0.hasPrefix("--") && $0.contains("=") }
    if given.isEmpty, !printsAll, !hasFlagValue { return nil }

    let usual = Command.declaredOptions(Command.parsed(Command.placeholders))
    arguments = try Self.flagsResolved(typed, usual)
    // Without what it cannot do without, to be shown its options.
    let command = Command.parsed(arguments) ?? Command.parsed(Command.placeholders + arguments)
    guard let command else { return }
    let options = Command.declaredOptions(command)
    let settled = command.settled()
    for name in options.names {
      // What has a short name, too, has another value then.
      if typed.gives(name) || settled.contains(name)
        || options.text(of: name) != usual.text(of: name)
      {
        given[name] = (options.text(of: name) ?? "", .typed)
      }
    }
    let before = given.filter { name, given in
      switch given.source {
      case .variable: !Command.ownVariables.contains(name)
      case .file: true
      case .typed, .usual: false
      }
    }.sorted { $0.key < $1.key }
    arguments =
      before.compactMap { name, given in
        if usual.isFlag(name) { return given.value == "yes" ? "--\(name)" : nil }
        return "--\(name)=\(given.value)"
      } + arguments
    if printsAll { try show() }
  }

  /// `--plain=no` takes back `--plain`, `--plain=yes` is it: what a file may say, one may
  /// type.
  private static func flagsResolved(
    _ typed: [String], _ options: DeclaredOptions
  ) throws(ConfigError) -> [String] {
    var words: [String] = []
    for (index, word) in typed.enumerated() {
      if word == "--" { return words + typed[index...] }
      guard word.hasPrefix("--"), let sign = word.firstIndex(of: "="),
        case let name = String(word[..<sign].dropFirst(2)), options.isFlag(name)
      else {
        words.append(word)
        continue
      }
      switch word[sign...].dropFirst() {
      case "yes": words.append("--\(name)")
      case "no": words.removeAll { $0 == "--\(name)" }
      case let other: throw .typed(.notYesOrNo("--\(name)", String(other)))
      }
    }
    return words
  }

  /// Writes the options as a file of the program's that says the same, and ends the program.
  private func show() throws(ConfigError) -> Never {
    let command = Command.parsed(arguments) ?? Command.parsed(Command.placeholders + arguments)
    let rows = Command.declaredOptions(command).all.filter { !Command.isAct($0.name) }.map {
      let source = given[$0.name]?.source ?? .usual
      let value = $0.text ?? command?.meaning(of: $0.name)
      return (ConfigWords.setting($0.name, value), source)
    }
    let width = rows.map { $0.0.count }.max() ?? 0
    var text = ConfigWords.header(file?.path, ConfigFile.path(for: Command.program)) + "\n"
    for (setting, source) in rows {
      text += setting + String(repeating: " ", count: width - setting.count)
      text += "  # \(ConfigWords.source(source, in: file?.path))\n"
    }
    do throws(SystemCallError) {
      try StandardOutput.write(text)
    } catch {
      if error.errno != .brokenPipe {
        ProgramExit.inputOutput.leave(SharedWords.system(error, program: Command.program))
      }
    }
    ProgramExit.done.leave()
  }
}
