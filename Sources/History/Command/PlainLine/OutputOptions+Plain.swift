extension OutputOptions {
  /// Without any of them.
  static var usual: OutputOptions {
    var options = OutputOptions()
    options.limit = nil
    options.reverse = false
    options.format = nil
    options.null = false
    options.color = .auto
    options.noPager = false
    options.count = false
    options.common = .usual
    return options
  }

  /// See ``PlainlyRead/take(_:)``.
  mutating func take(_ option: inout PlainOption) -> Bool {
    switch option.name {
    case "n", "lines": option.set(&limit)
    case "r", "reverse": option.turnOn(&reverse)
    case "o", "output-format": option.set(&format)
    case "0", "null": option.turnOn(&null)
    case "color": option.set(&color, usual: .auto)
    case "P", "no-pager": option.turnOn(&noPager)
    case "c", "count": option.turnOn(&count)
    default: common.take(&option)
    }
  }
}

extension CommonOptions {
  /// Without any of them.
  static var usual: CommonOptions {
    var options = CommonOptions()
    options.zone = "local"
    options.utc = false
    options.quiet = false
    options.database = nil
    return options
  }

  /// See ``PlainlyRead/take(_:)``.
  mutating func take(_ option: inout PlainOption) -> Bool {
    switch option.name {
    case "tz": option.setTime(&zone, usual: "local")
    case "utc": option.turnOn(&utc)
    case "q", "quiet": option.turnOn(&quiet)
    case "database": option.set(&database)
    default: false
    }
  }
}
