package import ArgumentParser

/// The options that a command declares, as the parser itself finds them: by reflection.
/// There is no other list of them.
package struct DeclaredOptions {
  /// In the order of the declarations, by their long names without the dashes.
  package private(set) var all: [(name: String, isFlag: Bool, text: String?)] = []

  /// - Parameters:
  ///   - command: one that was parsed, whose options so have values.
  ///   - help: its help; an option whose name is not in it is no long one.
  package init(of command: any ParsableArguments, listedIn help: Set<String>) {
    add(command, help)
  }

  private mutating func add(_ arguments: any ParsableArguments, _ help: Set<String>) {
    for (label, value) in Mirror(reflecting: arguments).children {
      if let group = value as? any DeclaredGroup {
        add(group.options, help)
      } else if let option = value as? any DeclaredOption, let label {
        let name = Self.longName(of: label)
        if help.contains(name) { all.append((name, option.isFlag, option.text)) }
      }
    }
  }

  /// `no-log` of `_noLog`, as the parser makes names and the compiler labels.
  fileprivate static func longName(of label: String) -> String {
    label.drop { $0 == "_" }.reduce(into: "") { name, letter in
      name += letter.isUppercase ? "-\(letter.lowercased())" : "\(letter)"
    }
  }

  package var names: [String] { all.map(\.name) }

  package func isFlag(_ name: String) -> Bool { all.first { $0.name == name }?.isFlag ?? false }

  package func text(of name: String) -> String? { all.first { $0.name == name }?.text }
}

extension ParsableCommand {
  /// The long names in its help, without their dashes.
  package static var listedNames: Set<String> {
    let words = helpMessage().split { " ,[]\n".contains($0) }
    return Set(words.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) })
  }

  /// The long names of its own flags, without those of option groups: these have values only
  /// in a command that was parsed.
  static var flagNames: Set<String> {
    let flags = Mirror(reflecting: Self()).children.filter {
      ($0.value as? any DeclaredOption)?.isFlag == true
    }
    return Set(flags.compactMap { $0.label.map(DeclaredOptions.longName) })
  }
}

private protocol DeclaredOption {
  var isFlag: Bool { get }
  /// Its value as it is typed; `nil` when it has none.
  var text: String? { get }
}

extension Option: DeclaredOption {
  var isFlag: Bool { false }

  var text: String? {
    var value: Any = wrappedValue
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional {
      guard let present = mirror.children.first else { return nil }
      value = present.value
    }
    return (value as? any ExpressibleByArgument)?.defaultValueDescription ?? "\(value)"
  }
}

extension Flag: DeclaredOption {
  var isFlag: Bool { true }

  var text: String? { wrappedValue as? Bool == true ? "yes" : "no" }
}

private protocol DeclaredGroup {
  var options: any ParsableArguments { get }
}

extension OptionGroup: DeclaredGroup {
  var options: any ParsableArguments { wrappedValue }
}
