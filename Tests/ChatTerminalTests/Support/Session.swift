import ChatCore
import ChatTerminal
import Harness
import Testing

/// A console on a screen, and a program that accepts every line.
struct Session {
  var console: Console
  var screen: Screen
  var now = Instant(milliseconds: 1000)
  var lines: [String] = []
  var events: [ConsoleEvent] = []
  /// Writes that were needed: one for each redraw.
  var writeCount = 0
  /// What is done with an entered line.
  var answer = Answer.accept

  enum Answer {
    case accept
    case keep(Notice?)
    /// Out of turn.
    case keepEnded(Notice?)
    case drop
  }

  static let prompt = Prompt.speak("SERVER> ")

  init(
    columns: Int = 40, height: Int = 12, prompt: Prompt = Session.prompt,
    maximumLength: Int? = nil, usesColor: Bool = false, reflows: Bool = true
  ) {
    var settings = ConsoleSettings(
      isInteractive: true, columns: columns, rows: height, party: .server)
    settings.usesColor = usesColor
    if let maximumLength { settings.maximumLength = maximumLength }
    settings.reflows = reflows
    console = Console(settings)
    screen = Screen(columns: columns, height: height)
    screen.reflows = reflows
    screen.lineFeedReturns = true
    console.setPrompt(prompt)
    flush()
  }

  mutating func type(_ text: String) {
    type(bytes: Array(text.utf8))
  }

  mutating func type(bytes: [UInt8]) {
    console.input(bytes, at: now)
    handleEvents()
    flush()
  }

  mutating func handleEvents() {
    while let event = console.nextEvent() {
      events.append(event)
      guard case .line(let line) = event else { continue }
      lines.append(line)
      switch answer {
      case .accept: console.acceptLine()
      case .keep(let notice): console.keepLine(notice: notice)
      case .keepEnded(let notice): console.keepLine(notice: notice, isEnded: true)
      case .drop: console.dropLine()
      }
    }
  }

  mutating func receive(_ text: String, from handle: String = "tatyana") {
    console.printMessage(PeerText(text), from: handle, party: .client)
    flush()
  }

  mutating func resize(_ columns: Int, _ height: Int = 12) {
    screen.resize(columns: columns, height: height)
    console.resized(columns: columns, rows: height)
    flush()
  }

  mutating func pass(milliseconds: Int64) {
    now = now.advanced(by: .milliseconds(milliseconds))
    console.tick(at: now)
    handleEvents()
    flush()
  }

  static func withoutBlanks(_ text: String) -> String { text.filter { $0 != " " } }

  /// How many bytes were written.
  @discardableResult
  mutating func flush() -> Int {
    guard console.hasOutput else { return 0 }
    let output = console.takeOutput()
    writeCount += 1
    screen.write(output.standardOutput)
    #expect(screen.isWhole)
    return output.standardOutput.count
  }
}
