// The verbs that take filters. What each is when nothing is given, and how its
// own options are spelled, is as it declares them; `CommandLineTests` sees to
// that.

extension ListCommand: PlainlyRead {
  static var usual: ListCommand {
    var command = ListCommand()
    command.filters = .usual
    command.options = .usual
    return command
  }

  mutating func take(_ option: inout PlainOption) -> Bool {
    filters.take(&option) || options.take(&option)
  }
}

extension ShowCommand: PlainlyRead {
  static var usual: ShowCommand {
    var command = ShowCommand()
    command.ids = []
    command.filters = .usual
    command.options = .usual
    return command
  }

  mutating func take(_ option: inout PlainOption) -> Bool {
    filters.take(&option) || options.take(&option)
  }

  mutating func take(word: String) -> Bool {
    ids.append(word)
    return true
  }
}

extension SearchCommand: PlainlyRead {
  static var usual: SearchCommand {
    var command = SearchCommand()
    command.words = []
    command.filters = .usual
    command.options = .usual
    return command
  }

  mutating func take(_ option: inout PlainOption) -> Bool {
    filters.take(&option) || options.take(&option)
  }

  mutating func take(word: String) -> Bool {
    words.append(word)
    return true
  }

  var isComplete: Bool { !words.isEmpty }
}

extension TailCommand: PlainlyRead {
  static var usual: TailCommand {
    var command = TailCommand()
    command.filters = .usual
    command.options = .usual
    return command
  }

  mutating func take(_ option: inout PlainOption) -> Bool {
    filters.take(&option) || options.take(&option)
  }
}

extension StatsCommand: PlainlyRead {
  static var usual: StatsCommand {
    var command = StatsCommand()
    command.by = .day
    command.ascii = false
    command.filters = .usual
    command.options = .usual
    return command
  }

  mutating func take(_ option: inout PlainOption) -> Bool {
    switch option.name {
    case "by": option.set(&by, usual: .day)
    case "ascii": option.turnOn(&ascii)
    default: filters.take(&option) || options.take(&option)
    }
  }
}

extension ExportCommand: PlainlyRead {
  static var usual: ExportCommand {
    var command = ExportCommand()
    command.ids = []
    command.file = nil
    command.filters = .usual
    command.options = .usual
    return command
  }

  mutating func take(_ option: inout PlainOption) -> Bool {
    switch option.name {
    case "output": option.set(&file)
    default: filters.take(&option) || options.take(&option)
    }
  }

  mutating func take(word: String) -> Bool {
    ids.append(word)
    return true
  }
}
