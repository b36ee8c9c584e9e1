import ArgumentParser

/// Which conversations and events: the same on every verb that shows some.
struct FilterOptions: ParsableArguments {
  @Option(name: .customLong("with"), help: "Conversations with this client.")
  var with: [String] = []

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp("What HANDLE said, or the server, or the client.", valueName: "handle"),
    completion: .list(["server", "client"]))
  var from: [String] = []

  @Option(
    name: [.customShort("S", allowingJoined: true), .long], parsing: .unconditional,
    help: ArgumentHelp("Not before this time; a day counts from its midnight.", valueName: "time"))
  var since: String?

  @Option(
    name: [.customShort("U", allowingJoined: true), .long], parsing: .unconditional,
    help: ArgumentHelp("Not after this time; a day counts to its end.", valueName: "time"))
  var until: String?

  @Option(
    name: .customLong("on"), parsing: .unconditional,
    help: ArgumentHelp("On this day.", valueName: "day"))
  var on: String?

  @Option(
    name: [.customShort("g", allowingJoined: true), .customLong("grep")],
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Messages that this regular expression matches; without capitals it matches both cases.",
      valueName: "re"))
  var grep: [String] = []

  @Flag(name: [.customShort("F"), .long], help: "Take -g's pattern literally.")
  var fixedStrings = false

  @Flag(name: [.short, .long], help: "Ignore case in -g.")
  var ignoreCase = false

  @Flag(name: .long, help: "Never ignore case in -g.")
  var caseSensitive = false

  @Flag(name: [.customShort("v"), .long], help: "Messages that -g does not match.")
  var invertMatch = false

  @Option(
    name: [.customShort("A", allowingJoined: true), .long],
    help: ArgumentHelp("Show this many events after each match.", valueName: "n"))
  var afterContext: Int?

  @Option(
    name: [.customShort("B", allowingJoined: true), .long],
    help: ArgumentHelp("Show this many events before each match.", valueName: "n"))
  var beforeContext: Int?

  @Option(
    name: [.customShort("C", allowingJoined: true), .long],
    help: ArgumentHelp("Show this many events around each match.", valueName: "n"))
  var context: Int?

  @Option(
    help: ArgumentHelp("Conversations that are open, closed or lost.", valueName: "state"),
    completion: .list(["open", "closed", "lost"]))
  var state: [String] = []

  @Option(
    help: ArgumentHelp("Events of these kinds: open, handle, message, close.", valueName: "kinds"),
    completion: .list(["open", "handle", "message", "close"]))
  var kind: [String] = []

  @Option(help: ArgumentHelp("Only events after this one.", valueName: "seq"))
  var afterEvent: Int64?
}
