// The verbs that take no filters; see the other file.

extension VerifyCommand: PlainlyRead {
  static var usual: VerifyCommand {
    var command = VerifyCommand()
    command.format = .text
    command.common = .usual
    return command
  }

  mutating func take(_ option: inout PlainOption) -> Bool {
    switch option.name {
    case "o", "output-format": option.set(&format, usual: .text)
    default: common.take(&option)
    }
  }
}

extension PruneCommand: PlainlyRead {
  static var usual: PruneCommand {
    var command = PruneCommand()
    // Never a time: it must be given.
    command.limit = ""
    command.dryRun = false
    command.yes = false
    command.common = .usual
    return command
  }

  mutating func take(_ option: inout PlainOption) -> Bool {
    switch option.name {
    case "before": option.setTime(&limit, usual: "")
    case "n", "dry-run": option.turnOn(&dryRun)
    case "y", "yes": option.turnOn(&yes)
    default: common.take(&option)
    }
  }

  var isComplete: Bool { !limit.isEmpty }
}

extension PathCommand: PlainlyRead {
  static var usual: PathCommand {
    var command = PathCommand()
    command.common = .usual
    return command
  }

  mutating func take(_ option: inout PlainOption) -> Bool { common.take(&option) }
}
