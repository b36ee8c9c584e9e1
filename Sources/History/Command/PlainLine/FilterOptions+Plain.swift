extension FilterOptions {
  /// Without any of them.
  static var usual: FilterOptions {
    var options = FilterOptions()
    options.with = []
    options.from = []
    options.since = nil
    options.until = nil
    options.on = nil
    options.grep = []
    options.fixedStrings = false
    options.ignoreCase = false
    options.caseSensitive = false
    options.invertMatch = false
    options.afterContext = nil
    options.beforeContext = nil
    options.context = nil
    options.state = []
    options.kind = []
    options.afterEvent = nil
    return options
  }

  /// See ``PlainlyRead/take(_:)``.
  mutating func take(_ option: inout PlainOption) -> Bool {
    switch option.name {
    case "with": option.add(to: &with)
    case "from": option.add(to: &from)
    case "S", "since": option.setTime(&since)
    case "U", "until": option.setTime(&until)
    case "on": option.setTime(&on)
    case "g", "grep": option.add(to: &grep)
    case "F", "fixed-strings": option.turnOn(&fixedStrings)
    case "i", "ignore-case": option.turnOn(&ignoreCase)
    case "case-sensitive": option.turnOn(&caseSensitive)
    case "v", "invert-match": option.turnOn(&invertMatch)
    case "A", "after-context": option.set(&afterContext)
    case "B", "before-context": option.set(&beforeContext)
    case "C", "context": option.set(&context)
    case "state": option.add(to: &state)
    case "kind": option.add(to: &kind)
    case "after-event": option.set(&afterEvent)
    default: false
    }
  }
}
