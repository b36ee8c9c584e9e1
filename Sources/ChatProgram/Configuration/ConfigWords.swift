import ChatCore
import ChatPosix

/// What is said about a configuration file.
enum ConfigWords {
  static func sentence(_ error: ConfigError, program: String) -> String {
    switch error {
    case .file(let error, let path): "\(program): \(untrusted(error, path))"
    case .content(let fault, let path):
      "\(program): \(place(path, fault.line)) \(text(of: fault.kind))"
    case .variable(let name, let refused):
      "\(program): $\(name): \(shown(refused))"
    case .typed(let kind): "\(program): \(text(of: kind))"
    }
  }

  private static func text(of kind: ConfigFault.Kind) -> String {
    switch kind {
    case .tooLong: "it has more than \(ConfigEntry.mostBytes / 1024) KiB, and is no configuration"
    case .notUTF8: "this line is not UTF-8"
    case .controlCharacter: "this line has a control character"
    case .noValue(let name):
      "\"\(shown(name))\" has no value; each line is: long-option = value, and of a flag yes or no"
    case .quoted(let name):
      "the value of \(shown(name)) begins with a quote; write it without, to the end of the line"
    case .twice(let name, let before):
      "\(shown(name)) was given already, in line \(before)"
    case .unknown(let name, let meant):
      "there is no option \"\(shown(name))\"" + (meant.map { "; did you mean \"\($0)\"?" } ?? "")
    case .toBeTyped(let name): "\(shown(name)) does something once; type --\(shown(name)) instead"
    case .notYesOrNo(let name, let value): "\(shown(name)) is yes or no, not \"\(shown(value))\""
    case .refused(let sentence): shown(sentence)
    }
  }

  private static func untrusted(_ error: PrivateFileError, _ path: String) -> String {
    let file = shown(path)
    let name = ShellWord(path)
    let otherwise = "--no-config goes on without it"
    return switch error {
    case .notRegular: "\(file) is no file; \(otherwise)."
    case .notOwn: "\(file) is another user's, and is not followed; \(otherwise)."
    case .exposed: "\(file) may be changed by other users; type: chmod go-w \(name)"
    case .exposedDirectory:
      "\(file) is in a directory that other users may change; "
        + "type: chmod go-w \"$(dirname \(name))\""
    case .linked, .inUse: "\(file) is in use by others; \(otherwise)."
    case .system(let error): "\(file) cannot be read: \(error.errno); \(otherwise)."
    }
  }

  private static func place(_ path: String, _ line: Int?) -> String {
    line.map { "\(shown(path)):\($0):" } ?? "\(shown(path)):"
  }

  /// The first line of `--print-config`.
  static func header(_ read: String?, _ path: String?) -> String {
    if let read { return "# of \(shown(read))" }
    return path.map { "# without \(shown($0))" } ?? "# without a file: there is no home directory"
  }

  /// A row of it; what has no value is a comment.
  static func setting(_ name: String, _ value: String?) -> String {
    value.map { "\(name) = \(shown($0))" } ?? "# \(name)"
  }

  static func source<Command>(_ source: CommandSources<Command>.Source, in path: String?) -> String
  {
    switch source {
    case .typed: "option"
    case .variable(let name): "$\(name)"
    case .file(let line): "\(shown(path ?? "")):\(line)"
    case .usual: "default"
    }
  }

  private static func shown(_ text: String) -> String { TextSanitizer.escapedOnOneLine(text) }
}
