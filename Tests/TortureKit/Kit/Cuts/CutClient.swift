import Glibc
import Harness

/// chatclient on a terminal, and the person there, who starts it again whenever it died and
/// types once more what then is not on the screen.
final class CutClient {
  let handle: String
  private let start: ([String]) throws -> PtyProcess
  private(set) var pages: [CutPage] = []
  /// The last that was heard when each of them was begun: what was shown by then is shown
  /// once more as such, what was not comes as new.
  private var heardBefore: [Int] = []
  /// The last word that was typed.
  private(set) var entered = 0
  /// Whether a new page is to be looked at for what went with the process before.
  private(set) var mustLook = false
  /// When it is woken, where it is stopped; on the monotonic clock in milliseconds.
  private var stoppedUntil: Int64?

  /// Milliseconds without news after which a page is whole that goes on.
  private static let quiet: Int64 = 100

  init(_ handle: String, start: @escaping ([String]) throws -> PtyProcess) throws {
    self.handle = handle
    self.start = start
    try open([])
  }

  var page: CutPage { pages[pages.count - 1] }
  var process: PtyProcess { page.process }

  var evidence: String {
    let seen = pages.map { "says \($0.own), heard \($0.heard)" }.joined(separator: "\n")
    return "\(process.evidence.suffix(3_000))\nPages:\n\(seen)"
  }

  /// The last word that any page shows as said.
  var taken: Int { pages.compactMap(\.own.last).max() ?? 0 }

  /// What the pages show of the operator, what is shown once more left out.
  var heard: [Int] {
    pages.reduce(into: []) { heard, page in
      let last = heard.last ?? 0
      heard += page.heard.filter { $0 > last }
    }
  }

  /// Whether its prompt says nothing of a link that is lost.
  var isBack: Bool {
    let screen = process.screen
    if screen.cursorLine.contains("link lost") { return false }
    // What is typed meanwhile is below that, where the prompt will be.
    let above = screen.cursorRow > 0 ? screen.rows[screen.cursorRow - 1].text : ""
    return !(screen.cursorLine.hasPrefix(" ") && above.contains("link lost"))
  }
  /// Whether a line that is entered now is said at once.
  var hasPrompt: Bool { process.screen.cursorLine.hasPrefix("\(handle)>") }
  var isReady: Bool { isBack && hasPrompt && !mustLook && stoppedUntil == nil }

  func text(_ number: Int) -> String { "\(handle) says \(number)" }

  func enterNext() throws {
    entered += 1
    try process.enter(text(entered))
  }

  /// Reads the screen, and does what time has brought.
  func tick() throws {
    if let until = stoppedUntil, Deadline.now >= until { wake() }
    page.read()
    guard mustLook, stoppedUntil == nil, page.rows.contains(.goingOn), isBack,
      Deadline.now - page.changedAt >= Self.quiet
    else { return }
    let taken = taken
    if taken < entered {
      guard hasPrompt else { return }
      // What was on the line may be there again, and is not to be what was said.
      let draft = process.screen.cursorLine.dropFirst(handle.count + 2)
      try hold(
        !(1...taken + 1).dropLast().contains { draft == text($0) },
        "“\(draft)” was said and is on the line again")
      let killLine = "\u{15}"
      try process.send(killLine)
      for number in taken + 1...entered { try process.enter(text(number)) }
    }
    mustLook = false
  }

  // MARK: What befalls it

  func kill() throws {
    process.signal(SIGKILL)
    try startAgain()
  }

  /// It has died, or is about to.
  func startAgain() throws {
    _ = try process.exitOutcome()
    page.close()
    stoppedUntil = nil
    try open([])
    mustLook = true
  }

  private func open(_ options: [String]) throws {
    for page in pages { page.read() }
    heardBefore.append(heard.last ?? 0)
    pages.append(CutPage(try start(options), of: handle))
  }

  func stop(milliseconds: Int64) {
    process.signal(SIGSTOP)
    stoppedUntil = Deadline.now + milliseconds
  }

  func wake() {
    if stoppedUntil != nil { process.signal(SIGCONT) }
    stoppedUntil = nil
  }

  /// Another one takes the conversation over.
  ///
  /// - Returns: the page of the one that had it, to be closed once that has left.
  func takeOver() throws -> CutPage {
    let former = page
    try open(["--take-over"])
    mustLook = true
    return former
  }

  // MARK: What must hold

  /// - Returns: how many rows were shown once more.
  func countRepeated() throws -> Int {
    try zip(pages, heardBefore).reduce(0) { try $0 + $1.0.countRepeated(after: $1.1) }
  }
}
